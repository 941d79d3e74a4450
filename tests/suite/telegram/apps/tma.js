/* As @tma.js/sdk has it. */
const { backButton, init, miniApp, openLink, retrieveRawInitData, themeParams } =
  window.tmajs.sdk;

// Styles from Telegram's web client would be inline ones, which the policy forbids.
init({ acceptCustomStyles: false });
themeParams.mount();
backButton.mount();

const showGround = () => show("ground", themeParams.bgColor());

show("init-data", retrieveRawInitData());
showGround();
themeParams.bgColor.sub(showGround);
onTap(() => openLink(PORTAL));
backButton.onClick(() => show("back", "pressed"));
backButton.show();
miniApp.ready();
show("state", "ready");
