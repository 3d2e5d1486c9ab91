package settings

// NameLogo is the setting of the organization's logo; the picture itself is
// the secret beside the document, which keeps it out of the audit log.
const NameLogo Name = "logo"

// MaxLogo bounds the picture, in bytes.
const MaxLogo = 256 << 10

// Logo is the picture that the organization shows on its pages.
type Logo struct {
	// MediaType is image/png or image/jpeg.
	MediaType string `json:"media_type"`
	// Fingerprint changes with the picture.
	Fingerprint string `json:"fingerprint"`
	// Width and Height are in pixels.
	Width  int `json:"width"`
	Height int `json:"height"`
}

// logoEndings are the endings of file names by media type.
var logoEndings = map[string]string{"image/png": ".png", "image/jpeg": ".jpg"}

// File is the name under which the picture is served, the same for as long as
// it is the same picture; empty: there is none.
func (l Logo) File() string {
	if l.Fingerprint == "" {
		return ""
	}
	return "logo." + l.Fingerprint + logoEndings[l.MediaType]
}
