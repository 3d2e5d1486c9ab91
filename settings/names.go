package settings

import "time"

// Name is the name of a setting in the store.
type Name = string

// The settings. A relay's password, a certificate's private key, a content
// token, an MDM server's keys and an authority's key are the secret beside the
// document.
const (
	NameMail        Name = "mail"
	NameInvitations Name = "invitations"
	// NameContentToken is the content token of the location that is installed
	// where no other is; see NameTokenOf.
	NameContentToken Name = "content_token"
	NameInstallation Name = "installation"
	NameMDMServer    Name = "mdm_server"
	// NameDeviceAuthority is the built-in MDM server's, which signs the
	// certificates of devices.
	NameDeviceAuthority Name = "device_authority"
)

// NameTokenOf is the name of the content token of a location that is installed
// beside another.
func NameTokenOf(location string) Name { return NameContentToken + "/" + location }

// NamePush is the name of the push certificate of a kind, mdm or alert.
func NamePush[K ~string](kind K) Name { return "push/" + string(kind) }

// PushCertificate is a push certificate; its private key is kept apart.
type PushCertificate struct {
	Topic    string    `json:"topic"`
	NotAfter time.Time `json:"not_after"`
	PEM      string    `json:"pem"`
}

// Check is what one check found, for preflight and for the test of mail.
type Check struct {
	Name   string
	OK     bool
	Detail string
	// Soon tells that what works now is about to end.
	Soon bool
}
