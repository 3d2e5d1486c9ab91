package appsbooks

import (
	"cmp"
	"context"
	"errors"
	"sync"
	"time"

	"heraut/content"
)

// Library is what a location owns and who has it, in the words of the domain.
// It is safe for concurrent use. Its errors are content.AwayError, and of
// Submit content.RefusedError too.
type Library struct {
	client   *Client
	location string
	language string
	polling  Polling

	mu    sync.Mutex
	place *ClientConfig // nil: not read yet
}

// NewLibrary makes the library of a client's location (its uId), whose apps and
// books have their names in a language ("nl"). The polling is LibraryPolling by
// default.
func NewLibrary(c *Client, location, language string, p Polling) *Library {
	return &Library{client: c, location: location, language: language, polling: cmp.Or(p, LibraryPolling())}
}

// LibraryPolling is ApplePolling without notifications, with an early first
// question: most requests name a few users, and have ended by then.
func LibraryPolling() Polling {
	p := ApplePolling(false)
	p.First = 2 * time.Second
	return p
}

// Location is Apple's uId.
func (l *Library) Location() string { return l.location }

// BatchSize is how many users one request may name.
func (l *Library) BatchSize(ctx context.Context) (int, error) {
	s, err := l.client.Service(ctx)
	return s.Limits.ClientUserIDs, ExplainReading(err)
}

// Assets hands over everything that the location owns, page by page.
func (l *Library) Assets(ctx context.Context, visit func([]content.Asset) error) error {
	return l.assets(ctx, AssetQuery{}, visit)
}

// Asset is one of them as it is now.
func (l *Library) Asset(ctx context.Context, ref content.AssetRef) (asset content.Asset, found bool, err error) {
	err = l.assets(ctx, AssetQuery{AdamID: ref.AdamID, PricingParam: ref.Pricing}, func(page []content.Asset) error {
		for _, a := range page {
			if a.AssetRef == ref {
				asset, found = a, true
			}
		}
		return nil
	})
	return asset, found, err
}

func (l *Library) assets(ctx context.Context, q AssetQuery, visit func([]content.Asset) error) error {
	return ExplainReading(l.client.Assets(ctx, q, func(page []Asset) error {
		assets := make([]content.Asset, len(page))
		for i, a := range page {
			assets[i] = content.Asset{
				AssetRef: content.AssetRef{AdamID: a.AdamID, Pricing: cmp.Or(a.PricingParam, content.PricingStandard)},
				Type:     content.App, Revocable: a.Revocable, Total: a.Total, Assigned: a.Assigned, Available: a.Available,
			}
			if a.ProductType == Book {
				assets[i].Type = content.Book
			}
		}
		return visit(assets)
	}))
}

// Name is what an app or a book is called in the store that the location buys
// in; empty for what it does not have.
func (l *Library) Name(ctx context.Context, adamID string) (string, error) {
	place, err := l.where(ctx)
	if err != nil {
		return "", ExplainReading(err)
	}
	name, err := l.client.Name(ctx, place, adamID, l.language)
	return name, ExplainReading(err)
}

// where reads the location once.
func (l *Library) where(ctx context.Context) (ClientConfig, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.place == nil {
		place, err := l.client.ClientConfig(ctx)
		if err != nil {
			return place, err
		}
		l.place = &place
	}
	return *l.place, nil
}

// Holders lists who has an asset. Apple does not say of a user whether the
// account is active: who is in the list of all only is not.
func (l *Library) Holders(ctx context.Context, ref content.AssetRef) (content.Holders, error) {
	q := AssignmentQuery{AdamID: ref.AdamID, PricingParam: ref.Pricing}
	all, devices, err := l.holders(ctx, q)
	if err != nil || len(all) == 0 {
		return content.Holders{Devices: devices}, err
	}
	q.ActiveOnly = true
	active, _, err := l.holders(ctx, q)
	return content.Holders{Users: active, Former: without(all, active), Devices: devices}, err
}

func (l *Library) holders(ctx context.Context, q AssignmentQuery) (users []string, devices int, err error) {
	_, err = l.client.Assignments(ctx, q, func(page []Assignment) error {
		for _, a := range page {
			if a.ClientUserID != "" {
				users = append(users, a.ClientUserID)
			} else {
				devices++
			}
		}
		return nil
	})
	return users, devices, ExplainReading(err)
}

// without takes some from all, each once.
func without(all, some []string) (left []string) {
	count := make(map[string]int, len(some))
	for _, one := range some {
		count[one]++
	}
	for _, one := range all {
		count[one]--
		if count[one] < 0 {
			left = append(left, one)
		}
	}
	return left
}

// Submit asks for a batch in one request.
func (l *Library) Submit(ctx context.Context, b content.Batch) (content.Submission, error) {
	call := associateCall
	if b.Kind == content.Disassociate {
		call = disassociateCall
	}
	body := assetsBody{Assets: []AssetRef{{AdamID: b.AdamID, PricingParam: b.Pricing}}, ClientUserIDs: b.ClientUserIDs()}
	s, err := l.client.post(ctx, call, body, body.submission())
	return content.Submission{EventID: s.EventID, At: s.At}, Explain(err)
}

// Await waits for the end of what was submitted; an event that does not end
// comes back pending.
func (l *Library) Await(ctx context.Context, s content.Submission) (content.Event, error) {
	e, err := l.client.Await(ctx, Submission{EventID: s.EventID, At: s.At}, l.polling, nil)
	unknown, ok := errors.AsType[*Error](err)
	switch {
	case errors.Is(err, ErrStuck):
		return content.Event{State: content.Pending}, nil
	case ok && unknown.Number == UnknownEvent:
		return content.Event{State: content.Forgotten}, nil
	case err != nil:
		return content.Event{}, ExplainReading(err)
	}
	return e.Content(), nil
}
