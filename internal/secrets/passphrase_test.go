package secrets_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"heraut/internal/secrets"
)

const phrase = "correct horse battery"

func TestPassphraseIsHashedAndVerified(t *testing.T) {
	p := secrets.NewPassphrases(2)
	hash, err := p.Hash(t.Context(), phrase)
	require.NoError(t, err)
	require.True(t, strings.HasPrefix(hash, "$argon2id$v=19$m=32768,t=2,p=1$"), hash)
	again, err := p.Hash(t.Context(), phrase)
	require.NoError(t, err)
	require.NotEqual(t, hash, again, "each has its own salt")
	for candidate, want := range map[string]bool{
		phrase: true, phrase + " ": false, strings.ToUpper(phrase): false, "": false,
		strings.Repeat("x", secrets.MaxPassphrase+1): false,
	} {
		got, err := p.Verify(t.Context(), hash, candidate)
		require.NoError(t, err)
		require.Equal(t, want, got, "%.30q", candidate)
	}
	nobody, err := p.Verify(t.Context(), "", "")
	require.NoError(t, err)
	require.False(t, nobody)
}

func TestPassphraseOfAnotherKeyboard(t *testing.T) {
	p := secrets.NewPassphrases(1)
	hash, err := p.Hash(t.Context(), "één twee drie vier")
	require.NoError(t, err)
	same, err := p.Verify(t.Context(), hash, "e\u0301e\u0301n twee drie vier")
	require.NoError(t, err)
	require.True(t, same)
}

func TestPassphraseOfAnEarlierCost(t *testing.T) {
	p := secrets.NewPassphrases(1)
	for _, broken := range []string{
		"x", "$argon2i$v=19$m=8192,t=3,p=1$c2FsdHNhbHRzYWx0$AAAAAAAAAAAAAAAAAAAAAA",
		"$argon2id$v=16$m=8192,t=3,p=1$c2FsdHNhbHRzYWx0$AAAAAAAAAAAAAAAAAAAAAA",
		"$argon2id$v=19$m=4194304,t=3,p=1$c2FsdHNhbHRzYWx0$AAAAAAAAAAAAAAAAAAAAAA",
		"$argon2id$v=19$m=8192,t=0,p=1$c2FsdHNhbHRzYWx0$AAAAAAAAAAAAAAAAAAAAAA",
		"$argon2id$v=19$m=8192,t=99,p=1$c2FsdHNhbHRzYWx0$AAAAAAAAAAAAAAAAAAAAAA",
		"$argon2id$v=19$m=8192,t=3,p=0$c2FsdHNhbHRzYWx0$AAAAAAAAAAAAAAAAAAAAAA",
		"$argon2id$v=19$m=8192,t=3,p=1$c2Fs$AAAAAAAAAAAAAAAAAAAAAA",
		"$argon2id$v=19$m=8192,t=3,p=1$c2FsdHNhbHRzYWx0$AAAA",
		"$argon2id$v=19$m=8192,t=3,p=1$c2FsdHNhbHRzYWx0$!",
	} {
		_, err := p.Verify(t.Context(), broken, phrase)
		require.ErrorIs(t, err, secrets.ErrPassphraseHash, broken)
	}
	wrong, err := p.Verify(t.Context(), "$argon2id$v=19$m=8192,t=3,p=1$c2FsdHNhbHRzYWx0$AAAAAAAAAAAAAAAAAAAAAA", phrase)
	require.NoError(t, err, "another cost is read from the hash")
	require.False(t, wrong)
}

func TestPassphraseLengths(t *testing.T) {
	for phrase, want := range map[string]error{
		"twelve chars":                nil,
		"eleven char":                 secrets.ErrPassphraseShort,
		"":                            secrets.ErrPassphraseShort,
		strings.Repeat("e\u0301", 11): secrets.ErrPassphraseShort, // eleven letters, however they are typed
		strings.Repeat("é", 12):       nil,
		strings.Repeat("x", secrets.MaxPassphrase):   nil,
		strings.Repeat("x", secrets.MaxPassphrase+1): secrets.ErrPassphraseLong,
		strings.Repeat("\U0001F40E", 12):             nil,
	} {
		require.Equal(t, want, secrets.CheckPassphrase(phrase), "%.40q", phrase)
	}
}

// TestPassphrasesWaitForTheirTurn: who gives up while others work has cost
// nothing.
func TestPassphrasesWaitForTheirTurn(t *testing.T) {
	p := secrets.NewPassphrases(1)
	gone := errors.New("the browser has gone")
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(gone)
	for range 64 {
		_, err := p.Hash(ctx, phrase)
		require.ErrorIs(t, err, gone)
	}

	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			_, err := p.Hash(t.Context(), phrase)
			assert.NoError(t, err)
		})
	}
	all.Wait()
}
