package main

import (
	"cmp"
	"context"
	"errors"
	"sync"
	"time"

	"heraut/appsbooks"
	"heraut/content"
	"heraut/settings"
	"heraut/store"
)

// books is Apps and Books for the worker: one client for the content token of
// each location, kept while the token is the same, since it holds Apple's limit.
type books struct {
	parts *parts
	// patience is as for appsbooks.Options.
	patience time.Duration

	mu      sync.Mutex
	clients map[string]bookClient // by location
}

// bookClient is a client with what it was made of.
type bookClient struct {
	*appsbooks.Client

	name    settings.Name // of the token's setting
	version int64         // of that setting
}

// tokens are the content tokens that are installed. Clients of others are
// closed.
func (b *books) tokens(ctx context.Context) ([]settings.InstalledToken, error) {
	tokens, err := b.parts.store.ContentTokens(ctx)
	if err != nil {
		return nil, err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	for location, client := range b.clients {
		if settings.TokenOf(tokens, location) < 0 {
			client.Close()
			delete(b.clients, location)
		}
	}
	return tokens, nil
}

// open gives the client of an installed token.
func (b *books) open(ctx context.Context, t settings.InstalledToken) (*appsbooks.Client, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	known, ok := b.clients[t.UID]
	if ok && known.name == t.Name && known.version == t.Version {
		return known.Client, nil
	}
	client, err := b.connect(ctx, t)
	if err != nil {
		return nil, err
	}
	if ok {
		known.Close()
	}
	if b.clients == nil {
		b.clients = map[string]bookClient{}
	}
	b.clients[t.UID] = bookClient{client, t.Name, t.Version}
	return client, nil
}

func (b *books) connect(ctx context.Context, t settings.InstalledToken) (*appsbooks.Client, error) {
	secret, err := b.parts.store.SettingSecret(ctx, t.Name)
	if err != nil {
		return nil, wrap(err, "reading the content token")
	}
	token, err := appsbooks.ParseToken(secret)
	if err != nil {
		return nil, &content.AwayError{Answer: wordsOf(err), Stop: true, Cause: err}
	}
	id, err := installationID(ctx, b.parts.store)
	if err != nil {
		return nil, err
	}
	pool, err := roots(b.parts.config.AppsBooksCA)
	if err != nil {
		return nil, err
	}
	client, err := appsbooks.NewClient(token, appsbooks.Options{
		MDM: appsbooks.MDMInfo{
			ID: id, Name: installationName, Metadata: cmp.Or(b.parts.config.PublicURL, installationName),
		},
		BaseURL: b.parts.config.AppsBooksURL, RootCAs: pool, Patience: b.patience, Logger: b.parts.log, Turn: b.turn(t.UID),
	})
	return client, wrap(err, "making a client for Apps and Books")
}

// turn waits for a turn among all processes that ask for the location, which
// only those with one database can be many. The client spaces its own requests
// besides, a tenth below the limit like this.
func (b *books) turn(location string) func(ctx context.Context, perSecond int) error {
	if b.parts.store.Kind() == store.SQLite {
		return nil
	}
	return func(ctx context.Context, perSecond int) error {
		wait, err := b.parts.store.LocationTurn(ctx, location, 10*time.Second/time.Duration(9*max(perSecond, 1)))
		if err != nil {
			return wrap(err, "waiting for a turn at Apps and Books")
		}
		select {
		case <-time.After(wait):
			return nil
		case <-ctx.Done():
			return wrap(context.Cause(ctx), "waiting for a turn at Apps and Books")
		}
	}
}

// Close closes the clients.
func (b *books) Close() {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, client := range b.clients {
		client.Close()
	}
	clear(b.clients)
}

// at gives the client of a location.
func (b *books) at(ctx context.Context, location string) (*appsbooks.Client, error) {
	tokens, err := b.tokens(ctx)
	if err != nil {
		return nil, err
	}
	i := settings.TokenOf(tokens, location)
	if location == "" || i < 0 {
		return nil, &content.AwayError{Answer: "no content token of this location is installed any more", Stop: true}
	}
	return b.open(ctx, tokens[i])
}

// Locations implements activities.Books.
func (b *books) Locations(ctx context.Context) ([]string, error) {
	tokens, err := b.tokens(ctx)
	locations := make([]string, len(tokens))
	for i, t := range tokens {
		locations[i] = t.UID
	}
	return locations, err
}

// BatchSize implements activities.Books.
func (b *books) BatchSize(ctx context.Context, location string) (int, error) {
	client, err := b.at(ctx, location)
	if err != nil {
		return 0, err
	}
	service, err := client.Service(ctx)
	return service.Limits.Users, appsbooks.ExplainReading(err)
}

// Register implements activities.Books.
func (b *books) Register(ctx context.Context, location string, accounts []content.NewAccount) ([]content.Taken, error) {
	return b.submit(ctx, location, accounts, (*appsbooks.Client).CreateUsers)
}

// Update implements activities.Books.
func (b *books) Update(ctx context.Context, location string, accounts []content.NewAccount) ([]content.Taken, error) {
	return b.submit(ctx, location, accounts, (*appsbooks.Client).UpdateUsers)
}

func (b *books) submit(
	ctx context.Context, location string, accounts []content.NewAccount,
	call func(*appsbooks.Client, context.Context, []appsbooks.NewUser) ([]appsbooks.Submission, error),
) ([]content.Taken, error) {
	client, err := b.at(ctx, location)
	if err != nil {
		return nil, err
	}
	users := make([]appsbooks.NewUser, len(accounts))
	for i, a := range accounts {
		users[i] = appsbooks.NewUser{ClientUserID: a.ClientUserID, ManagedAppleID: a.ManagedAppleAccount}
	}
	submissions, err := call(client, ctx, users)
	taken := make([]content.Taken, len(submissions))
	for i, s := range submissions { // in the order of the users
		n := len(s.ClientUserIDs)
		taken[i] = content.Taken{EventID: s.EventID, Accounts: accounts[:n]}
		accounts = accounts[n:]
	}
	return taken, appsbooks.Explain(err)
}

// Event implements activities.Books.
func (b *books) Event(ctx context.Context, location, eventID string) (content.Event, error) {
	client, err := b.at(ctx, location)
	if err != nil {
		return content.Event{}, err
	}
	e, err := client.EventStatus(ctx, eventID)
	if known, ok := errors.AsType[*appsbooks.Error](err); ok && known.Number == appsbooks.UnknownEvent {
		return content.Event{State: content.Forgotten}, nil
	}
	return e.Content(), appsbooks.ExplainReading(err)
}

// Accounts implements activities.Books.
func (b *books) Accounts(ctx context.Context, location, since string, visit func([]content.Account) error) (string, error) {
	client, err := b.at(ctx, location)
	if err != nil {
		return "", err
	}
	version, err := client.Users(ctx, appsbooks.UserQuery{Since: since}, func(page []appsbooks.User) error {
		return visit(b.accountsOf(ctx, location, page))
	})
	if known, ok := errors.AsType[*appsbooks.Error](err); ok && known.Number == appsbooks.BadVersion && since != "" {
		return "", content.ErrBadVersion
	}
	return version, appsbooks.ExplainReading(err)
}

// accountsOf leaves out users of whom Apple tells a status that is not known,
// and says so.
func (b *books) accountsOf(ctx context.Context, location string, page []appsbooks.User) []content.Account {
	accounts := make([]content.Account, 0, len(page))
	var strange appsbooks.User
	for _, u := range page {
		if account, ok := u.Account(); ok {
			accounts = append(accounts, account)
		} else {
			strange = u
		}
	}
	if left := len(page) - len(accounts); left > 0 {
		b.parts.log.WarnContext(ctx, "Apple tells a status of users that is not known; they are left as they are.",
			"location", location, "users", left, "status", strange.Status)
	}
	return accounts
}

// Account implements activities.Books.
func (b *books) Account(ctx context.Context, location, clientUserID string) (content.Account, bool, error) {
	client, err := b.at(ctx, location)
	if err != nil {
		return content.Account{}, false, err
	}
	u, found, err := client.ActiveUser(ctx, clientUserID)
	account, known := u.Account()
	return account, found && known, appsbooks.ExplainReading(err)
}
