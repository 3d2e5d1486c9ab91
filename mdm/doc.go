// Package mdm is the built-in MDM: NanoMDM's service over a storage that is
// given to it, an authority that issues certificates to devices by SCEP, the
// profile that enrolls a device, and the InviteToProgram command.
//
// It knows Apple's protocol. What devices say it tells a Ledger in the words
// of the domain; what follows is decided there.
package mdm
