package secrets

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"
	"golang.org/x/text/unicode/norm"
)

// Bounds of a passphrase: MinPassphrase in characters, MaxPassphrase in bytes.
// Nothing is asked of its composition.
const (
	MinPassphrase = 12
	MaxPassphrase = 1024
)

// The errors of CheckPassphrase.
var (
	ErrPassphraseShort = errors.New("a passphrase has at least 12 characters")
	ErrPassphraseLong  = errors.New("a passphrase has at most 1024 bytes")
)

// ErrPassphraseHash is the error of a stored hash that can not be read.
var ErrPassphraseHash = errors.New("the stored hash of a passphrase can not be read")

// CheckPassphrase tells whether a new passphrase is of a good length.
func CheckPassphrase(passphrase string) error {
	switch {
	case len(passphrase) > MaxPassphrase:
		return ErrPassphraseLong
	case utf8.RuneCountInString(norm.NFKC.String(passphrase)) < MinPassphrase:
		return ErrPassphraseShort
	}
	return nil
}

// cost is what one hash takes; it stands in the hash, so that a later Heraut
// can ask for more.
type cost struct {
	memory  uint32 // KiB
	passes  uint32
	threads uint8
}

// newCost is above OWASP's least for argon2id (19 MiB, 2 passes).
var newCost = cost{memory: 32 << 10, passes: 2, threads: 1}

// Bounds of the cost of a stored hash: whoever can write to the database must
// not be able to take all memory with one row.
const (
	maxMemory = 256 << 10 // KiB
	maxPasses = 16
)

const (
	saltSize = 16
	hashSize = 32
)

// Passphrases hashes and checks passphrases, a few at a time, so that no flood
// of sign-ins takes the machine's memory. It is safe for concurrent use.
type Passphrases struct {
	turns chan struct{}
	// nobody is compared with where there is no hash.
	nobody string
}

// NewPassphrases makes one that works on atOnce passphrases at a time, each in
// 32 MiB.
func NewPassphrases(atOnce int) *Passphrases {
	p := &Passphrases{turns: make(chan struct{}, atOnce)}
	random := make([]byte, saltSize+hashSize)
	_, _ = rand.Read(random) // never fails: crypto/rand ends the process instead
	p.nobody = encode(newCost, random[:saltSize], random[saltSize:])
	return p
}

// Hash makes what the store keeps of a passphrase: argon2id with a salt, in
// the usual form "$argon2id$v=19$m=..,t=..,p=..$salt$hash". It waits for its
// turn; the only error is ctx's.
func (p *Passphrases) Hash(ctx context.Context, passphrase string) (string, error) {
	salt := make([]byte, saltSize)
	_, _ = rand.Read(salt) // never fails: crypto/rand ends the process instead
	var hash string
	err := p.inTurn(ctx, func() { hash = encode(newCost, salt, derive(newCost, salt, passphrase, hashSize)) })
	return hash, err
}

// Verify tells whether the passphrase is that of the hash. An empty hash is
// nobody's: it takes as long, and nothing matches. Errors are ctx's and
// ErrPassphraseHash.
func (p *Passphrases) Verify(ctx context.Context, hash, passphrase string) (bool, error) {
	known := hash != ""
	if !known {
		hash = p.nobody
	}
	if len(passphrase) > MaxPassphrase {
		passphrase, known = "", false
	}
	c, salt, want, err := decode(hash)
	if err != nil {
		return false, err
	}
	same := false
	err = p.inTurn(ctx, func() {
		same = subtle.ConstantTimeCompare(derive(c, salt, passphrase, len(want)), want) == 1
	})
	return same && known, err
}

func (p *Passphrases) inTurn(ctx context.Context, work func()) error {
	if ctx.Err() != nil {
		return fmt.Errorf("waiting for a turn: %w", context.Cause(ctx)) // a free turn is not for who has gone
	}
	select {
	case p.turns <- struct{}{}:
	case <-ctx.Done():
		return fmt.Errorf("waiting for a turn: %w", context.Cause(ctx))
	}
	defer func() { <-p.turns }()
	work()
	return nil
}

// derive hashes the passphrase in one form, however a keyboard composes
// letters with accents.
func derive(c cost, salt []byte, passphrase string, size int) []byte {
	return argon2.IDKey(norm.NFKC.Bytes([]byte(passphrase)), salt, c.passes, c.memory, c.threads, uint32(size))
}

func encode(c cost, salt, hash []byte) string {
	b64 := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, c.memory, c.passes, c.threads,
		b64.EncodeToString(salt), b64.EncodeToString(hash))
}

func decode(text string) (c cost, salt, hash []byte, err error) {
	parts := strings.Split(text, "$")
	if len(parts) != 6 || parts[1] != "argon2id" || parts[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return c, nil, nil, ErrPassphraseHash
	}
	_, scanErr := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &c.memory, &c.passes, &c.threads)
	salt, saltErr := base64.RawStdEncoding.Strict().DecodeString(parts[4])
	hash, hashErr := base64.RawStdEncoding.Strict().DecodeString(parts[5])
	outside := c.memory < 8 || c.memory > maxMemory || c.passes < 1 || c.passes > maxPasses || c.threads < 1 ||
		len(salt) < 8 || len(hash) < 16 || len(hash) > 64
	if scanErr != nil || saltErr != nil || hashErr != nil || outside {
		return c, nil, nil, ErrPassphraseHash
	}
	return c, salt, hash, nil
}
