// Package acceptance_test runs the programs themselves: heraut as it is built,
// in processes of its own, before mail servers, an APNs, an Apps and Books,
// devices and databases that listen on sockets. Tests speak the REST API and the
// invitation page, kill processes, and compare what left with what Heraut says
// about it.
//
// Tests named TestDrill run small in `make test` and at full length in
// `make drill`.
package acceptance_test
