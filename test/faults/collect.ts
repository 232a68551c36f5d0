// Loaded before a server whose memory is measured: at this signal it collects its garbage, so that what is left is kept.
process.on("SIGUSR2", () => Bun.gc(true));
