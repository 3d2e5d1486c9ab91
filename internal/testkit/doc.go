// Package testkit gives tests the real parts they run against, each on
// loopback, on a free port, in an empty folder, and gone when the test binary
// ends, however it ends.
//
// This package holds PostgreSQL. The engine in this process is in enginetest,
// a Temporal cluster in processes of its own in temporalcluster; both link the
// Temporal server, which takes a while.
//
// A missing program fails the test with the command that installs it.
package testkit
