// Package codec encrypts what Heraut hands to the workflow engine: inputs,
// results, summaries and the texts of failures. The engine, its database and
// its pages hold ciphertext alone; the Temporal UI of a signed-in operator asks
// Heraut to decode (see Handler).
package codec

import (
	"crypto/aes"
	"crypto/cipher"
	"errors"
	"fmt"

	commonpb "go.temporal.io/api/common/v1"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/temporal"
	"google.golang.org/protobuf/proto"

	"heraut/internal/secrets"
)

// What an encrypted payload says of itself, beside its data.
const (
	encoding    = "binary/encrypted"
	keyMetadata = "encryption-key-id"
)

// New makes the converters that clients and workers of Heraut use, over one
// keyring. Both must be set on every client: a failure's text otherwise
// reaches the engine as it is.
func New(keyring *secrets.Keyring) (converter.DataConverter, converter.FailureConverter, error) {
	payloads, err := NewPayloadCodec(keyring)
	if err != nil {
		return nil, nil, err
	}
	data := converter.NewCodecDataConverter(converter.GetDefaultDataConverter(), payloads)
	failures := temporal.NewDefaultFailureConverter(temporal.DefaultFailureConverterOptions{
		DataConverter:          data,
		EncodeCommonAttributes: true,
	})
	return data, failures, nil
}

// payloadCodec encrypts with AES-256-GCM under the current key and decrypts
// with the key that a payload names.
type payloadCodec struct {
	current string
	ciphers map[string]cipher.AEAD
}

// NewPayloadCodec makes the codec alone, for Handler. It is safe for concurrent
// use.
func NewPayloadCodec(keyring *secrets.Keyring) (converter.PayloadCodec, error) {
	c := &payloadCodec{current: keyring.CurrentID(), ciphers: map[string]cipher.AEAD{}}
	for _, id := range keyring.IDs() {
		key, _ := keyring.ByID(secrets.ForPayload, id) // the keyring has each key that it lists
		aead, err := newAEAD(key)
		if err != nil {
			return nil, fmt.Errorf("preparing payload key %q: %w", id, err)
		}
		c.ciphers[id] = aead
	}
	if _, ok := c.ciphers[c.current]; !ok {
		return nil, errors.New("the keyring has no current key")
	}
	return c, nil
}

// Encode implements converter.PayloadCodec.
func (c *payloadCodec) Encode(payloads []*commonpb.Payload) ([]*commonpb.Payload, error) {
	return each(payloads, c.encrypt)
}

// Decode implements converter.PayloadCodec. A payload that is not encrypted
// stays as it is: histories of a cluster may hold others' payloads.
func (c *payloadCodec) Decode(payloads []*commonpb.Payload) ([]*commonpb.Payload, error) {
	return each(payloads, c.decrypt)
}

func (c *payloadCodec) encrypt(payload *commonpb.Payload) (*commonpb.Payload, error) {
	plaintext, err := proto.Marshal(payload)
	if err != nil {
		return nil, fmt.Errorf("encrypting payload: %w", err)
	}
	return &commonpb.Payload{
		Metadata: map[string][]byte{
			converter.MetadataEncoding: []byte(encoding),
			keyMetadata:                []byte(c.current),
		},
		Data: c.ciphers[c.current].Seal(nil, nil, plaintext, []byte(c.current)),
	}, nil
}

func (c *payloadCodec) decrypt(payload *commonpb.Payload) (*commonpb.Payload, error) {
	if string(payload.GetMetadata()[converter.MetadataEncoding]) != encoding {
		return payload, nil
	}
	id := string(payload.GetMetadata()[keyMetadata])
	aead, ok := c.ciphers[id]
	if !ok {
		return nil, fmt.Errorf("decrypting payload: the secrets file has no key %q", id)
	}
	plaintext, err := aead.Open(nil, nil, payload.GetData(), []byte(id))
	if err != nil {
		return nil, errors.New("decrypting payload: it was changed or cut")
	}
	var inner commonpb.Payload
	if err := proto.Unmarshal(plaintext, &inner); err != nil {
		return nil, fmt.Errorf("decrypting payload: %w", err)
	}
	return &inner, nil
}

func each(
	payloads []*commonpb.Payload,
	change func(*commonpb.Payload) (*commonpb.Payload, error),
) ([]*commonpb.Payload, error) {
	changed := make([]*commonpb.Payload, len(payloads))
	for i, payload := range payloads {
		var err error
		if changed[i], err = change(payload); err != nil {
			return nil, err
		}
	}
	return changed, nil
}

func newAEAD(key []byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCMWithRandomNonce(block)
}
