/* As @telegram-apps/sdk has it. */
const { backButton, init, miniAppReady, openLink, retrieveRawInitData, themeParams, viewport } =
  window.telegramApps.sdk;

// Styles from Telegram's web client would be inline ones, which the policy forbids.
init({ acceptCustomStyles: false });
themeParams.mountSync();
backButton.mount();

const showGround = () => show("ground", themeParams.backgroundColor());

show("init-data", retrieveRawInitData());
showGround();
themeParams.backgroundColor.sub(showGround);
onTap(() => openLink(PORTAL));
backButton.onClick(() => show("back", "pressed"));
backButton.show();
miniAppReady();
// It asks its client for sizes, and is not there before they have come.
viewport.mount().then(() => show("state", "ready"));
