package office

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"image"
	_ "image/jpeg" // one of the two kinds of a logo
	_ "image/png"  // the other

	"heraut/fault"
	"heraut/people"
	"heraut/settings"
)

// LogoPath is below what public pages show; the name of the picture follows.
const LogoPath = "/i/assets/"

// maxLogoSide bounds a logo's width and height, in pixels: browsers unpack what
// is small as a file.
const maxLogoSide = 4096

// Logo is the organization's logo; the zero one: there is none.
func (s Settings) Logo(ctx context.Context) (logo settings.Logo, err error) {
	_, err = s.Store.Setting(ctx, settings.NameLogo, &logo)
	return logo, err
}

// PutLogo keeps a picture as the organization's logo. Only PNG and JPEG are
// taken: an SVG may hold script and call elsewhere.
func (s Settings) PutLogo(ctx context.Context, actor people.Actor, picture []byte) error {
	refuse := func(message string) error { return fault.Invalid(fault.Field{Pointer: "/logo", Message: message}) }
	if len(picture) == 0 {
		return refuse("Choose a picture.")
	}
	if len(picture) > settings.MaxLogo {
		return refuse("This picture is too large. Use at most 256 KB.")
	}
	config, kind, err := image.DecodeConfig(bytes.NewReader(picture))
	if err != nil || kind != "png" && kind != "jpeg" { // others may know more kinds
		return refuse("This is no PNG or JPEG. Other pictures, such as SVG, can not be used.")
	}
	if config.Width < 1 || config.Height < 1 || config.Width > maxLogoSide || config.Height > maxLogoSide {
		return refuse("This picture has too many pixels. Use at most 4096 by 4096.")
	}
	sum := sha256.Sum256(picture)
	logo := settings.Logo{
		MediaType: "image/" + kind, Fingerprint: hex.EncodeToString(sum[:8]), Width: config.Width, Height: config.Height,
	}
	_, err = s.Store.PutSetting(ctx, actor, settings.NameLogo, logo, picture, nil)
	return err
}

// DeleteLogo forgets the logo; where there is none, nothing happens.
func (s Settings) DeleteLogo(ctx context.Context, actor people.Actor) error {
	logo, err := s.Logo(ctx)
	if err != nil || logo.File() == "" {
		return err
	}
	return s.Store.DeleteSetting(ctx, actor, settings.NameLogo)
}

// Rename changes the organization's name, and nothing else of how invitations
// go.
func (s Settings) Rename(ctx context.Context, actor people.Actor, name string, ifVersion *int64) (int64, error) {
	set, _, err := s.Invitations(ctx)
	if err != nil {
		return 0, err
	}
	set.OrganizationName = name
	return s.PutInvitations(ctx, actor, set, ifVersion)
}
