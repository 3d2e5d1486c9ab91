package office

import (
	"context"
	"encoding/pem"

	"heraut/fault"
	"heraut/people"
	"heraut/settings"
)

// PushKinds are the kinds of push that have a certificate.
var PushKinds = []people.PushKind{people.PushMDM, people.PushAlert}

// Certificate is the push certificate of a kind; false: none is installed.
func (s Settings) Certificate(ctx context.Context, kind people.PushKind) (c settings.PushCertificate, installed bool, err error) {
	version, err := s.Store.Setting(ctx, settings.NamePush(kind), &c)
	return c, version > 0, err
}

// PutCertificate installs a push certificate. One with another topic than the
// installed one is a conflict, with both topics, unless changeTopic.
func (s Settings) PutCertificate(ctx context.Context, actor people.Actor, kind people.PushKind, certificatePEM, keyPEM []byte, changeTopic bool) (settings.PushCertificate, error) {
	c, err := s.Certificates.ReadCertificate(certificatesOnly(certificatePEM), keyPEM, kind)
	if err != nil {
		return c, err
	}
	if !changeTopic {
		if err := s.sameTopic(ctx, kind, c.Topic); err != nil {
			return c, err
		}
	}
	_, err = s.Store.PutSetting(ctx, actor, settings.NamePush(kind), c, keyPEM, nil)
	return c, err
}

// certificatesOnly leaves out keys that stand among certificates: what is kept
// of a certificate is not sealed. A text without any certificate stays, for
// whoever reads it says what is wrong with it.
func certificatesOnly(text []byte) []byte {
	var found []byte
	for rest := text; ; {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			break
		}
		if block.Type == "CERTIFICATE" {
			found = append(found, pem.EncodeToMemory(block)...)
		}
	}
	if found == nil {
		return text
	}
	return found
}

// sameTopic refuses to part from the devices: they take pushes for the topic
// that they enrolled with, and for no other.
func (s Settings) sameTopic(ctx context.Context, kind people.PushKind, topic string) error {
	installed, is, err := s.Certificate(ctx, kind)
	if err != nil || !is || kind != people.PushMDM || installed.Topic == topic {
		return err
	}
	f := fault.New(fault.Conflict, "This certificate has another topic than the installed one: every device would have to enroll again. "+
		"Renew the installed certificate with the Apple Account that made it; or replace it with change_topic.")
	f.Details = map[string]any{"installed": installed.Topic, "given": topic}
	return f
}

// DeleteCertificate removes the push certificate of a kind. Fault: not_found.
func (s Settings) DeleteCertificate(ctx context.Context, actor people.Actor, kind people.PushKind) error {
	_, installed, err := s.Certificate(ctx, kind)
	if err != nil {
		return err
	}
	if !installed {
		return fault.New(fault.NotFound, "There is no push certificate of this kind.")
	}
	return s.Store.DeleteSetting(ctx, actor, settings.NamePush(kind))
}
