// Loaded by Blazor before it starts. A page is one WebSocket to whichever instance answers: no negotiation, so no instance has to be kept.
export function beforeWebStart(options) {
  options.circuit ??= {};
  // In place: Blazor has taken the object already.
  Object.assign(options.circuit, {
    configureSignalR: builder => builder.withUrl("_blazor", { skipNegotiation: true, transport: 1 }),
    reconnectionHandler: {
      onConnectionDown: () => reconnect(),
      onConnectionUp: () => show(false),
    },
  });
}

let reconnecting = false;

// The instance may be gone: another one does not know the page's state, and the page is loaded anew as soon as anybody answers.
async function reconnect() {
  if (reconnecting) return;
  reconnecting = true;
  show(true);
  for (let wait = 200; ; wait = Math.min(wait * 1.5, 3000)) {
    try {
      if (await Blazor.reconnect()) break;
      await fetch("health/live", { cache: "no-store" });
      location.reload();
      return;
    } catch {
      await new Promise(resolve => setTimeout(resolve, wait));
    }
  }
  reconnecting = false;
  show(false);
}

function show(isDown) {
  document.getElementById("components-reconnect-modal")?.classList.toggle("down", isDown);
}
