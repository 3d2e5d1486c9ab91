// Package page makes the console's pages: words in Dutch and English, moments
// as people say them, templates in one frame, and the files beside them. It
// knows nothing of users, groups or invitations.
package page
