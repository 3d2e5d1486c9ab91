package secrets

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
)

// version is the version of the file's form.
const version = 1

// content is the file's form: JSON, so that an operator can read which keys
// there are.
type content struct {
	Version int      `json:"version"`
	Current string   `json:"current"`
	Keys    []master `json:"keys"`
}

// master is one master key.
type master struct {
	ID        string    `json:"id"`
	CreatedAt time.Time `json:"created_at"`
	Key       []byte    `json:"key"`
}

// add makes a new master key the current one.
func (c *content) add(now time.Time) {
	key := make([]byte, KeySize)
	_, _ = rand.Read(key) // never fails: crypto/rand ends the process instead
	id := newID()
	for slices.ContainsFunc(c.Keys, func(m master) bool { return m.ID == id }) {
		id = newID()
	}
	c.Keys = append(c.Keys, master{ID: id, CreatedAt: now.UTC().Truncate(time.Second), Key: key})
	c.Current = id
}

// remove takes an old master key out.
func (c *content) remove(id string) error {
	if id == c.Current {
		return fmt.Errorf("key %q is the current one: rotate first, then retire it", id)
	}
	i := slices.IndexFunc(c.Keys, func(m master) bool { return m.ID == id })
	if i < 0 {
		return fmt.Errorf("there is no key %q", id)
	}
	c.Keys = slices.Delete(c.Keys, i, i+1)
	return nil
}

// parse reads and checks a file's content.
func parse(data []byte) (content, error) {
	var c content
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&c); err != nil {
		return content{}, fmt.Errorf("it is not a secrets file: %w", err)
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return content{}, errors.New("something follows the secrets: restore the file from a backup")
	}
	if err := c.check(); err != nil {
		return content{}, err
	}
	return c, nil
}

func (c *content) check() error {
	if c.Version != version {
		return fmt.Errorf("its version is %d and this Heraut reads version %d: use the Heraut that wrote it", c.Version, version)
	}
	seen := make(map[string]bool, len(c.Keys))
	for _, m := range c.Keys {
		switch {
		case !validID(m.ID):
			return fmt.Errorf("the key id %q is not %d lower-case letters or digits", m.ID, idLength)
		case seen[m.ID]:
			return fmt.Errorf("the key id %q stands there twice", m.ID)
		case len(m.Key) != KeySize:
			return fmt.Errorf("key %q has %d bytes, not %d", m.ID, len(m.Key), KeySize)
		case weak(m.Key):
			return fmt.Errorf("key %q is one byte repeated, which is no secret: make a file with Heraut", m.ID)
		}
		seen[m.ID] = true
	}
	if !seen[c.Current] {
		return fmt.Errorf("the current key %q is not among the keys", c.Current)
	}
	return nil
}

// weak tells a placeholder (one byte, repeated) from a key.
func weak(key []byte) bool { return bytes.Count(key, key[:1]) == len(key) }

const (
	idLength   = 4
	idAlphabet = "abcdefghijklmnopqrstuvwxyz0123456789"
)

// newID draws a key id. It is a name and no secret.
func newID() string {
	drawn := rand.Text()[:idLength] // base32: upper-case letters and 2 to 7
	return strings.ToLower(drawn)
}

func validID(id string) bool {
	if len(id) != idLength {
		return false
	}
	for i := range len(id) {
		if strings.IndexByte(idAlphabet, id[i]) < 0 {
			return false
		}
	}
	return true
}
