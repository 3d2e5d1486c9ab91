// Package appsbooks talks to Apple's Apps and Books service, version 2 ("App,
// Book, and Subscription Management API"): it registers users and gets their
// invite codes, learns who accepted, and assigns apps and books.
//
// Source of the protocol: Apple, Device Management, the pages "Getting started
// with the management API", "Service Config", "Managing users", "Managing
// assets", "Using paginated endpoints", "Subscribing to notifications" and
// "Handling error responses".
package appsbooks
