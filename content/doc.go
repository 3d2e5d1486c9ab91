// Package content holds Apple's side of a user: the account at Apps and Books
// by which one accepts, and the apps and books that one is given. Words and
// rules only, without any storage or network.
package content
