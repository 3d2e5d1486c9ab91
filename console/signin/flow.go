package signin

import (
	"context"
	"crypto/subtle"
	"encoding/json"
	"fmt"
	"time"

	"golang.org/x/oauth2"

	"heraut/internal/secrets"
)

const (
	// flowLife is how long a person may take at the identity provider.
	flowLife = 10 * time.Minute
	// maxFlows is how many sign-ins a browser may have under way, in as many
	// tabs; a further one takes the place of the oldest.
	maxFlows = 5
)

// flow is a sign-in at the identity provider that is under way.
type flow struct {
	State    string    `json:"state"`
	Nonce    string    `json:"nonce"`
	Verifier string    `json:"verifier"`
	Issuer   string    `json:"issuer"`
	Next     string    `json:"next"`
	Began    time.Time `json:"began"`
}

func newFlow(issuer, next string, now time.Time) flow {
	return flow{State: secrets.NewToken(), Nonce: secrets.NewToken(), Verifier: oauth2.GenerateVerifier(), Issuer: issuer, Next: next, Began: now}
}

func (s *SignIn) flows(ctx context.Context) []flow {
	var list []flow
	_ = json.Unmarshal([]byte(s.manager.GetString(ctx, keyFlows)), &list) // what can not be read is none: the person begins anew
	return list
}

func (s *SignIn) putFlows(ctx context.Context, list []flow) error {
	if len(list) > maxFlows {
		list = list[len(list)-maxFlows:]
	}
	text, err := json.Marshal(list)
	if err != nil {
		return fmt.Errorf("encoding a sign-in: %w", err)
	}
	s.manager.Put(ctx, keyFlows, string(text))
	return nil
}

// takeFlow takes the flow of a state out of the session: it works once.
func (s *SignIn) takeFlow(ctx context.Context, state string) (flow, bool, error) {
	var taken flow
	var found bool
	var rest []flow
	for _, f := range s.flows(ctx) {
		if subtle.ConstantTimeCompare([]byte(f.State), []byte(state)) == 1 {
			taken, found = f, true
			continue
		}
		rest = append(rest, f)
	}
	if !found {
		return flow{}, false, nil
	}
	return taken, s.Now().Sub(taken.Began) < flowLife, s.putFlows(ctx, rest)
}
