/* As Telegram's own script has it, and the suite's double of that script. */
const app = window.Telegram.WebApp;

const showGround = () => show("ground", app.themeParams.bg_color);

show("init-data", app.initData);
showGround();
app.onEvent("themeChanged", showGround);
onTap(() => app.openLink(PORTAL));
app.BackButton.onClick(() => show("back", "pressed"));
app.BackButton.show();
app.ready();
show("state", "ready");
