package devicesim

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/micromdm/plist"
	"github.com/smallstep/pkcs7"
)

// The payloads and the capability that a device looks for. Source: Apple,
// "MDM" and "SCEP" payloads.
const (
	payloadMDM  = "com.apple.mdm"
	payloadSCEP = "com.apple.security.scep"
	perUser     = "com.apple.mdm.per-user-connections"
)

// profile is what a device keeps of an enrollment profile.
type profile struct {
	Identifier          string `json:"identifier"`
	UUID                string `json:"uuid"`
	DisplayName         string `json:"display_name"`
	ServerURL           string `json:"server_url"`
	CheckInURL          string `json:"check_in_url"`
	Topic               string `json:"topic"`
	CheckOutWhenRemoved bool   `json:"check_out_when_removed"`
	PerUser             bool   `json:"per_user"` // users have channels of their own

	scep scepPayload
}

// payload is one part of a profile, with the keys of both kinds.
type payload struct {
	PayloadType             string
	PayloadUUID             string
	PayloadContent          any // a SCEP payload's settings
	IdentityCertificateUUID string
	ServerURL               string
	CheckInURL              string
	Topic                   string
	SignMessage             bool
	CheckOutWhenRemoved     bool
	ServerCapabilities      []string
}

// readProfile reads an enrollment profile, plain or signed (CMS). Who signed
// it is not asked, as a device installs what its owner agrees to.
func readProfile(raw []byte) (profile, error) {
	content, err := unsigned(raw)
	if err != nil {
		return profile{}, fmt.Errorf("opening the signed profile: %w", err)
	}
	var outer struct {
		PayloadType, PayloadIdentifier, PayloadUUID, PayloadDisplayName string
		PayloadContent                                                  []payload
	}
	if err := plist.Unmarshal(content, &outer); err != nil {
		return profile{}, fmt.Errorf("reading the profile: %w", err)
	}
	if outer.PayloadType != "Configuration" {
		return profile{}, errors.New("the profile is not a configuration")
	}
	p := profile{Identifier: outer.PayloadIdentifier, UUID: outer.PayloadUUID, DisplayName: outer.PayloadDisplayName}
	mdm, err := only(outer.PayloadContent, func(p payload) bool { return p.PayloadType == payloadMDM })
	if err != nil {
		return profile{}, fmt.Errorf("looking for the MDM payload: %w", err)
	}
	if err := p.take(mdm); err != nil {
		return profile{}, err
	}
	identity, err := only(outer.PayloadContent, func(p payload) bool { return p.PayloadUUID == mdm.IdentityCertificateUUID })
	if err != nil {
		return profile{}, fmt.Errorf("looking for the identity that the MDM payload names: %w", err)
	}
	if identity.PayloadType != payloadSCEP {
		return profile{}, fmt.Errorf("the identity is a %s, not a SCEP payload", identity.PayloadType)
	}
	p.scep, err = readSCEP(identity.PayloadContent)
	return p, err
}

// unsigned takes the signature off a profile, after a look at it.
func unsigned(raw []byte) ([]byte, error) {
	if text := bytes.TrimSpace(raw); bytes.HasPrefix(text, []byte("<")) || bytes.HasPrefix(text, []byte("bplist")) {
		return raw, nil
	}
	signed, err := pkcs7.Parse(raw)
	if err != nil {
		return nil, err
	}
	return signed.Content, signed.Verify()
}

// only finds the one payload that fits.
func only(all []payload, fits func(payload) bool) (payload, error) {
	var found []payload
	for _, p := range all {
		if fits(p) {
			found = append(found, p)
		}
	}
	if len(found) != 1 {
		return payload{}, fmt.Errorf("the profile has %d of it", len(found))
	}
	return found[0], nil
}

// take reads the MDM payload.
func (p *profile) take(mdm payload) error {
	switch {
	case mdm.ServerURL == "" || mdm.Topic == "":
		return errors.New("the MDM payload lacks its server or its topic")
	case !mdm.SignMessage:
		return errors.New("the MDM payload asks for a client certificate in TLS; the simulator signs its messages alone")
	}
	p.ServerURL, p.CheckInURL, p.Topic = mdm.ServerURL, mdm.CheckInURL, mdm.Topic
	if p.CheckInURL == "" {
		p.CheckInURL = mdm.ServerURL
	}
	p.CheckOutWhenRemoved = mdm.CheckOutWhenRemoved
	for _, capability := range mdm.ServerCapabilities {
		p.PerUser = p.PerUser || capability == perUser
	}
	return nil
}
