package api_test

import (
	"maps"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestTopicOfTheMDMCertificate(t *testing.T) {
	h := newHouse(t)
	const path = "/v1/settings/push/mdm"
	put := func(topic string, more object) *reply {
		cert, key := selfSigned(t, topic)
		body := object{"certificate_pem": cert, "private_key_pem": key}
		maps.Copy(body, more)
		return h.put(path, body)
	}
	put("com.apple.mgmt.External.one", nil).ok(200)
	put("com.apple.mgmt.External.one", nil).ok(200) // renewed
	installed := h.get("/v1/settings/push").ok(200)
	refused := put("com.apple.mgmt.External.two", nil).refused(409, "conflict")
	require.Equal(t, "com.apple.mgmt.External.one", refused["installed"])
	require.Equal(t, "com.apple.mgmt.External.two", refused["given"])
	require.Contains(t, text(refused, "detail"), "enroll again")
	put("com.apple.mgmt.External.two", object{"change_topic": false}).refused(409, "conflict")
	put("nl.school.app", object{"change_topic": true}).refused(422, "invalid_request", "/certificate_pem")

	cert, key := selfSigned(t, "com.apple.mgmt.External.one")
	other, otherKey := selfSigned(t, "com.apple.mgmt.External.one")
	h.put(path, object{"certificate_pem": cert}).refused(422, "invalid_request", "/private_key_pem")
	h.put(path, object{"certificate_pem": cert, "private_key_pem": otherKey}).refused(422, "invalid_request", "/private_key_pem")
	h.put(path, object{"certificate_pem": key, "private_key_pem": other}).refused(422, "invalid_request", "/certificate_pem", "/private_key_pem")
	old, oldKey := signedUntil(t, "com.apple.mgmt.External.one", time.Now().Add(-time.Minute))
	h.put(path, object{"certificate_pem": old, "private_key_pem": oldKey, "change_topic": true}).refused(422, "invalid_request", "/certificate_pem")
	require.Equal(t, installed, h.get("/v1/settings/push").ok(200), "the old one stays")
	put("com.apple.mgmt.External.two", object{"change_topic": true}).ok(200)
	require.Len(t, items(h.get("/v1/settings/push").ok(200)), 1)
}
