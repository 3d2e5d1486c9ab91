package codec_test

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	commonpb "go.temporal.io/api/common/v1"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/temporal"
	"google.golang.org/protobuf/proto"

	"heraut/internal/codec"
	"heraut/internal/secrets"
)

const address = "a.person@school.example"

func newKeyring(t *testing.T) (keyring *secrets.Keyring, path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "secrets.json")
	keyring, err := secrets.Create(path)
	require.NoError(t, err)
	return keyring, path
}

func newCodec(t *testing.T, keyring *secrets.Keyring) converter.PayloadCodec {
	t.Helper()
	payloads, err := codec.NewPayloadCodec(keyring)
	require.NoError(t, err)
	return payloads
}

type message struct {
	To    string
	Count int
}

func TestValuesComeBackAndAreNeverInClear(t *testing.T) {
	keyring, _ := newKeyring(t)
	data, _, err := codec.New(keyring)
	require.NoError(t, err)

	payload, err := data.ToPayload(message{To: address, Count: 3})
	require.NoError(t, err)

	raw, err := proto.Marshal(payload)
	require.NoError(t, err)
	require.NotContains(t, string(raw), "person")
	require.NotContains(t, string(raw), "json/plain", "what kind of value it is stays hidden too")
	require.Equal(t, keyring.CurrentID(), string(payload.GetMetadata()["encryption-key-id"]))
	var got message
	require.NoError(t, data.FromPayload(payload, &got))
	require.Equal(t, message{To: address, Count: 3}, got)
}

func TestFailuresComeBackAndAreNeverInClear(t *testing.T) {
	keyring, _ := newKeyring(t)
	_, failures, err := codec.New(keyring)
	require.NoError(t, err)
	cause := errors.New("550 no such user " + address)

	failure := failures.ErrorToFailure(temporal.NewNonRetryableApplicationError(
		"sending to "+address, "AddressRejected", cause, "details about "+address))

	raw, err := proto.Marshal(failure)
	require.NoError(t, err)
	require.NotContains(t, string(raw), "person")
	require.NotContains(t, string(raw), "550")
	back := failures.FailureToError(failure)
	require.ErrorContains(t, back, address)
	application, ok := errors.AsType[*temporal.ApplicationError](back)
	require.True(t, ok)
	require.Equal(t, "AddressRejected", application.Type(), "retry policies read the type")
	require.True(t, application.NonRetryable())
	var details string
	require.NoError(t, application.Details(&details))
	require.Contains(t, details, address)
}

func TestOldKeysDecodeUntilTheyRetire(t *testing.T) {
	first, path := newKeyring(t)
	encoded, err := newCodec(t, first).Encode([]*commonpb.Payload{{Data: []byte(address)}})
	require.NoError(t, err)

	second, err := secrets.Rotate(path)
	require.NoError(t, err)
	decoded, err := newCodec(t, second).Decode(encoded)
	require.NoError(t, err)
	require.Equal(t, address, string(decoded[0].GetData()))

	third, err := secrets.Retire(path, first.CurrentID())
	require.NoError(t, err)
	_, err = newCodec(t, third).Decode(encoded)
	require.ErrorContains(t, err, "no key")
}

func TestPayloadsInClearPassThrough(t *testing.T) {
	keyring, _ := newKeyring(t)
	plain, err := converter.GetDefaultDataConverter().ToPayload("hello")
	require.NoError(t, err)

	decoded, err := newCodec(t, keyring).Decode([]*commonpb.Payload{plain, {}})

	require.NoError(t, err)
	require.True(t, proto.Equal(plain, decoded[0]))
	require.True(t, proto.Equal(&commonpb.Payload{}, decoded[1]))
}

func TestChangedPayloadsAreRefused(t *testing.T) {
	keyring, path := newKeyring(t)
	payloads := newCodec(t, keyring)
	encode := func() *commonpb.Payload {
		encoded, err := payloads.Encode([]*commonpb.Payload{{Data: []byte("value")}})
		require.NoError(t, err)
		return encoded[0]
	}
	flipped, cut, renamed := encode(), encode(), encode()
	flipped.Data[len(flipped.Data)/2] ^= 1
	cut.Data = cut.Data[:3]
	rotated, err := secrets.Rotate(path)
	require.NoError(t, err)
	renamed.Metadata["encryption-key-id"] = []byte(rotated.CurrentID())

	for name, payload := range map[string]*commonpb.Payload{"flipped": flipped, "cut": cut, "another key's": renamed} {
		_, err := newCodec(t, rotated).Decode([]*commonpb.Payload{payload})
		require.ErrorContains(t, err, "changed or cut", name)
	}
}

func TestLargePayloads(t *testing.T) {
	keyring, _ := newKeyring(t)
	payloads := newCodec(t, keyring)
	large := []*commonpb.Payload{{Data: []byte(strings.Repeat("x", 2<<20))}}

	encoded, err := payloads.Encode(large)
	require.NoError(t, err)
	require.Less(t, len(encoded[0].GetData()), 2<<20+64)
	decoded, err := payloads.Decode(encoded)
	require.NoError(t, err)
	require.True(t, proto.Equal(large[0], decoded[0]))
}

func TestAKeyringWithoutKeysIsRefused(t *testing.T) {
	_, _, err := codec.New(&secrets.Keyring{})
	require.ErrorContains(t, err, "no current key")
}
