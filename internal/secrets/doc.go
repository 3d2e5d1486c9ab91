// Package secrets keeps Heraut's master keys in one file and derives from them
// the keys that sign links, seal settings and encrypt what the engine stores.
//
// The file holds several master keys, each with a short id; one is current.
// New things are made with the current key, old things name the key that made
// them, so that rotating keys breaks nothing. For each purpose a key of its own
// is derived with HKDF (RFC 5869): a leak through one use says nothing about
// another.
package secrets
