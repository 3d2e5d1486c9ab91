package devicesim

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"fmt"
	"sync"

	"github.com/smallstep/pkcs7"
)

// keyring makes keys, or deals the same few.
type keyring struct {
	share int // 0: never the same

	mu    sync.Mutex
	made  []*rsa.PrivateKey
	dealt int
}

func (k *keyring) key(bits int) (*rsa.PrivateKey, error) {
	if k.share == 0 {
		return newKey(bits)
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.dealt++
	if len(k.made) < k.share {
		key, err := newKey(bits)
		if err != nil {
			return nil, err
		}
		k.made = append(k.made, key)
		return key, nil
	}
	return k.made[k.dealt%k.share], nil
}

func newKey(bits int) (*rsa.PrivateKey, error) {
	key, err := rsa.GenerateKey(rand.Reader, bits)
	if err != nil {
		return nil, fmt.Errorf("making a key of %d bits: %w", bits, err)
	}
	return key, nil
}

// identity is a device's key, and the certificate that it was given.
type identity struct {
	key         *rsa.PrivateKey
	certificate *x509.Certificate
}

// sign makes the Mdm-Signature of a message: a detached CMS signature in
// base64. Source: Apple, "Managing certificates for MDM servers and devices".
func (i identity) sign(message []byte) (string, error) {
	signed, err := pkcs7.NewSignedData(message)
	if err != nil {
		return "", fmt.Errorf("signing a message: %w", err)
	}
	signed.SetDigestAlgorithm(pkcs7.OIDDigestAlgorithmSHA256)
	if err := signed.AddSigner(i.certificate, i.key, pkcs7.SignerInfoConfig{}); err != nil {
		return "", fmt.Errorf("signing a message: %w", err)
	}
	signed.Detach()
	der, err := signed.Finish()
	if err != nil {
		return "", fmt.Errorf("signing a message: %w", err)
	}
	return base64.StdEncoding.EncodeToString(der), nil
}
