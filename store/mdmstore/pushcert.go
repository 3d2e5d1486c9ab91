package mdmstore

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"fmt"

	"github.com/micromdm/nanomdm/cryptoutil"

	"heraut/fault"
	"heraut/people"
	"heraut/settings"
)

// RetrievePushCert gives the push certificate of kind mdm, which is a setting.
// Fault: not_found when there is none for the topic.
func (s *Storage) RetrievePushCert(ctx context.Context, topic string) (cert *tls.Certificate, staleToken string, err error) {
	var doc settings.PushCertificate
	version, key, err := s.store.SettingWithSecret(ctx, settings.NamePush(people.PushMDM), &doc)
	if err != nil {
		return nil, "", err
	}
	if version == 0 || doc.Topic != topic {
		return nil, "", fault.New(fault.NotFound, "There is no push certificate for this topic.")
	}
	pair, err := tls.X509KeyPair([]byte(doc.PEM), key)
	if err != nil {
		return nil, "", fmt.Errorf("reading the push certificate: %w", err)
	}
	return &pair, staleness(version, doc), nil
}

// IsPushCertStale tells whether the certificate is another by now.
func (s *Storage) IsPushCertStale(ctx context.Context, topic, staleToken string) (bool, error) {
	var doc settings.PushCertificate
	version, err := s.store.Setting(ctx, settings.NamePush(people.PushMDM), &doc)
	return doc.Topic != topic || staleness(version, doc) != staleToken, err
}

// staleness is the setting's version, which begins anew when the setting was
// deleted, and with it the certificate.
func staleness(version int64, doc settings.PushCertificate) string {
	sum := sha256.Sum256([]byte(doc.PEM))
	return fmt.Sprintf("%d-%x", version, sum[:8])
}

// StorePushCert makes a certificate with its key the setting. Faults:
// invalid_request when they are no pair for MDM, conflict when the certificate
// in use has another topic: every device would have to enroll anew.
func (s *Storage) StorePushCert(ctx context.Context, pemCert, pemKey []byte) error {
	doc, err := readPushCert(pemCert, pemKey)
	if err != nil {
		return err
	}
	name := settings.NamePush(people.PushMDM)
	var old settings.PushCertificate
	version, err := s.store.Setting(ctx, name, &old)
	if err != nil {
		return err
	}
	if version > 0 && old.Topic != doc.Topic {
		return fault.New(fault.Conflict, "The certificate in use has another topic. Renew that one; or delete it first, and enroll every device anew.")
	}
	_, err = s.store.PutSetting(ctx, people.System("mdm"), name, doc, pemKey, &version)
	return err
}

func readPushCert(pemCert, pemKey []byte) (settings.PushCertificate, error) {
	pair, err := tls.X509KeyPair(pemCert, pemKey)
	if err != nil {
		return settings.PushCertificate{}, badCertificate("Give a PEM certificate with its own unencrypted key.")
	}
	topic, err := cryptoutil.TopicFromCert(pair.Leaf)
	if err != nil {
		return settings.PushCertificate{}, badCertificate("This is no push certificate for MDM: its user id does not begin with com.apple.mgmt.")
	}
	return settings.PushCertificate{Topic: topic, NotAfter: pair.Leaf.NotAfter, PEM: string(pemCert)}, nil
}

func badCertificate(message string) error {
	return fault.Invalid(fault.Field{Pointer: "/certificate_pem", Message: message})
}
