// Package engine runs a Temporal server and the Temporal UI inside this
// process, for `heraut serve`: all services of the server, one SQLite file, on
// loopback only.
//
// The file is in WAL mode with synchronous=FULL, so what the engine has
// acknowledged survives the death of the process and of the machine. One
// process may use a folder at a time; the caller holds the lock that ensures it.
//
// What stays behind after Stop, because the server offers no way to end it: the
// SQLite connection of a folder (the server's driver keeps one per file for the
// life of the process), the UI's client connection, and a few idle goroutines.
// They hold no work; a later Start on the same folder uses the connection again.
//
// Building a server also sets OpenTelemetry's process-wide error handler.
package engine
