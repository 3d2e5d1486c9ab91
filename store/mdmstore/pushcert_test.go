package mdmstore_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/pem"
	"math/big"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"heraut/fault"
	"heraut/people"
	"heraut/settings"
	"heraut/store"
	"heraut/store/mdmstore"
)

// pushCert makes a certificate with the topic, and its key.
func pushCert(t *testing.T, topic string) (certPEM, keyPEM []byte) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	uid := asn1.ObjectIdentifier{0, 9, 2342, 19200300, 100, 1, 1}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), NotAfter: time.Now().Add(time.Hour),
		Subject: pkix.Name{ExtraNames: []pkix.AttributeTypeAndValue{{Type: uid, Value: topic}}},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	require.NoError(t, err)
	pkcs8, err := x509.MarshalPKCS8PrivateKey(key)
	require.NoError(t, err)
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: pkcs8})
}

func requireFault(t *testing.T, code fault.Code, err error) {
	t.Helper()
	var f *fault.Error
	require.ErrorAs(t, err, &f)
	require.Equal(t, code, f.Code)
}

// TestPushCertIsTheSetting: whoever sets the certificate, the other sees it.
func TestPushCertIsTheSetting(t *testing.T) {
	const topic = "com.apple.mgmt.External.1"
	name := settings.NamePush(people.PushMDM)
	onBoth(t, func(t *testing.T, s *store.Store) {
		t.Helper()
		ctx, storage := t.Context(), mdmstore.New(s)
		_, _, err := storage.RetrievePushCert(ctx, topic)
		requireFault(t, fault.NotFound, err)

		certPEM, keyPEM := pushCert(t, topic)
		require.NoError(t, storage.StorePushCert(ctx, certPEM, keyPEM))
		var doc settings.PushCertificate
		_, err = s.Setting(ctx, name, &doc)
		require.NoError(t, err)
		require.Equal(t, topic, doc.Topic)
		require.WithinDuration(t, time.Now().Add(time.Hour), doc.NotAfter, time.Minute)
		secret, err := s.SettingSecret(ctx, name)
		require.NoError(t, err)
		require.Equal(t, keyPEM, secret)

		_, before, err := storage.RetrievePushCert(ctx, topic)
		require.NoError(t, err)
		stale, err := storage.IsPushCertStale(ctx, topic, before)
		require.NoError(t, err)
		require.False(t, stale)

		// A new one under the same version: the setting was deleted in between.
		require.NoError(t, s.DeleteSetting(ctx, people.System("test"), name))
		stale, err = storage.IsPushCertStale(ctx, topic, before)
		require.NoError(t, err)
		require.True(t, stale)
		certPEM, keyPEM = pushCert(t, topic)
		_, err = s.PutSetting(ctx, people.System("test"), name, settings.PushCertificate{Topic: topic, PEM: string(certPEM)}, keyPEM, nil)
		require.NoError(t, err)
		stale, err = storage.IsPushCertStale(ctx, topic, before)
		require.NoError(t, err)
		require.True(t, stale)
		pair, _, err := storage.RetrievePushCert(ctx, topic)
		require.NoError(t, err)
		block, _ := pem.Decode(certPEM)
		require.Equal(t, block.Bytes, pair.Certificate[0])
		_, _, err = storage.RetrievePushCert(ctx, "com.apple.mgmt.External.2")
		requireFault(t, fault.NotFound, err)
	})
}

func TestPushCertRefused(t *testing.T) {
	const topic = "com.apple.mgmt.External.1"
	certPEM, keyPEM := pushCert(t, topic)
	_, otherKey := pushCert(t, topic)
	alert, alertKey := pushCert(t, "nl.example.heraut")
	foreign, foreignKey := pushCert(t, "com.apple.mgmt.External.2")
	onBoth(t, func(t *testing.T, s *store.Store) {
		t.Helper()
		storage := mdmstore.New(s)
		require.NoError(t, storage.StorePushCert(t.Context(), certPEM, keyPEM))
		_, before, err := storage.RetrievePushCert(t.Context(), topic)
		require.NoError(t, err)
		for name, c := range map[string]struct {
			cert, key []byte
			code      fault.Code
		}{
			"nothing":           {nil, nil, fault.InvalidRequest},
			"no key":            {certPEM, nil, fault.InvalidRequest},
			"another key":       {certPEM, otherKey, fault.InvalidRequest},
			"not for MDM":       {alert, alertKey, fault.InvalidRequest},
			"a different topic": {foreign, foreignKey, fault.Conflict},
		} {
			t.Run(name, func(t *testing.T) {
				requireFault(t, c.code, storage.StorePushCert(t.Context(), c.cert, c.key))
				_, after, err := storage.RetrievePushCert(t.Context(), topic)
				require.NoError(t, err)
				require.Equal(t, before, after, "the certificate in use stays")
			})
		}
	})
}
