package signin

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"github.com/alexedwards/scs/v2"
	"github.com/labstack/echo/v4"

	"heraut/fault"
	"heraut/people"
)

// How long a session lasts: without a request, and at most.
const (
	idleLife    = 2 * time.Hour
	sessionLife = 12 * time.Hour
)

// The names of what a session holds.
const (
	keyAdministrator = "administrator"
	keyEpoch         = "epoch"
	keyFlows         = "flows" // sign-ins at an identity provider under way
)

// newManager makes the sessions' library work on our store. It has no idle
// timeout of its own, for it would write every session at every request.
func newManager(s Store, secure bool, now func() time.Time) *scs.SessionManager {
	m := scs.New()
	m.Store, m.Codec, m.HashTokenInStore = storage{s, now}, codec{}, true
	m.Lifetime = sessionLife
	m.Cookie.Name, m.Cookie.Secure = "heraut_session", secure
	if secure {
		m.Cookie.Name = "__Host-heraut_session" // no other host can set it
	}
	return m
}

// load reads the request's session into its context; without one, or with one
// that is over, an empty one. It reads once for a request.
func (s *SignIn) load(c echo.Context) (context.Context, error) {
	r := c.Request()
	ctx, err := s.manager.Load(r.Context(), s.token(r.Cookies()))
	if err != nil {
		return nil, fmt.Errorf("loading a session: %w", err)
	}
	c.SetRequest(r.WithContext(ctx))
	return ctx, nil
}

// save keeps the session and gives the browser its token. What changes a
// session calls it, once for an answer, before the answer begins.
func (s *SignIn) save(c echo.Context) error {
	ctx := c.Request().Context()
	token, until, err := s.manager.Commit(ctx)
	if err != nil {
		return fmt.Errorf("saving a session: %w", err)
	}
	s.manager.WriteSessionCookie(ctx, c.Response(), token, until)
	return nil
}

// begin signs the administrator in with a token that nobody knew before.
func (s *SignIn) begin(c echo.Context, a people.Administrator) error {
	ctx, err := s.load(c)
	if err != nil {
		return err
	}
	if err := s.manager.RenewToken(ctx); err != nil {
		return fmt.Errorf("renewing a session: %w", err)
	}
	s.manager.Put(ctx, keyAdministrator, a.ID)
	s.manager.Put(ctx, keyEpoch, strconv.FormatInt(a.Epoch, 10))
	s.manager.Remove(ctx, keyFlows)
	return s.save(c)
}

// end signs out: the session is over, and the browser forgets its token.
func (s *SignIn) end(c echo.Context) error {
	ctx, err := s.load(c)
	if err != nil {
		return err
	}
	if err := s.manager.Destroy(ctx); err != nil {
		return fmt.Errorf("ending a session: %w", err)
	}
	s.manager.WriteSessionCookie(ctx, c.Response(), "", time.Time{})
	return nil
}

// signedIn is the administrator of a session that was loaded; false for none.
func (s *SignIn) signedIn(ctx context.Context) (people.Administrator, bool, error) {
	id := s.manager.GetString(ctx, keyAdministrator)
	if id == "" {
		return people.Administrator{}, false, nil
	}
	a, err := s.Store.Administrator(ctx, id)
	if fault.Is(err, fault.NotFound) {
		return people.Administrator{}, false, nil
	}
	if err != nil {
		return people.Administrator{}, false, err
	}
	// The store looks at the epoch too; this closes the moment in between.
	return a, strconv.FormatInt(a.Epoch, 10) == s.manager.GetString(ctx, keyEpoch), nil
}

// storage is the store as the sessions' library wants it. The tokens that it
// gets are hashes of the browsers'.
type storage struct {
	store Store
	now   func() time.Time
}

// FindCtx implements scs.CtxStore.
func (s storage) FindCtx(ctx context.Context, token string) ([]byte, bool, error) {
	data, found, err := s.store.FindSession(ctx, token, idleLife)
	return []byte(data), found, err
}

// CommitCtx implements scs.CtxStore.
func (s storage) CommitCtx(ctx context.Context, token string, data []byte, expiry time.Time) error {
	_, values, err := codec{}.Decode(data)
	if err != nil {
		return err
	}
	kept := people.Session{Data: string(data), OverAt: expiry, Idle: idleLife}
	kept.AdministratorID, _ = values[keyAdministrator].(string)
	if kept.AdministratorID == "" {
		kept.OverAt = earlier(expiry, s.now().Add(flowLife))
		return s.store.SaveSession(ctx, token, kept)
	}
	epoch, _ := values[keyEpoch].(string)
	if kept.Epoch, err = strconv.ParseInt(epoch, 10, 64); err != nil {
		return fmt.Errorf("reading a session's epoch: %w", err)
	}
	return s.store.SaveSession(ctx, token, kept)
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

// DeleteCtx implements scs.CtxStore.
func (s storage) DeleteCtx(ctx context.Context, token string) error {
	return s.store.DeleteSession(ctx, token)
}

// Find implements scs.Store; the library calls FindCtx.
func (s storage) Find(token string) ([]byte, bool, error) {
	return s.FindCtx(context.Background(), token)
}

// Commit implements scs.Store; the library calls CommitCtx.
func (s storage) Commit(token string, data []byte, expiry time.Time) error {
	return s.CommitCtx(context.Background(), token, data, expiry)
}

// Delete implements scs.Store; the library calls DeleteCtx.
func (s storage) Delete(token string) error { return s.DeleteCtx(context.Background(), token) }

// codec writes sessions as JSON: all that they hold is text.
type codec struct{}

type sessionText struct {
	Deadline time.Time      `json:"deadline"`
	Values   map[string]any `json:"values"`
}

// Encode implements scs.Codec.
func (codec) Encode(deadline time.Time, values map[string]any) ([]byte, error) {
	text, err := json.Marshal(sessionText{deadline, values})
	if err != nil {
		return nil, fmt.Errorf("encoding a session: %w", err)
	}
	return text, nil
}

// Decode implements scs.Codec.
func (codec) Decode(data []byte) (deadline time.Time, values map[string]any, err error) {
	var text sessionText
	if err := json.Unmarshal(data, &text); err != nil {
		return deadline, nil, fmt.Errorf("decoding a session: %w", err)
	}
	if text.Values == nil {
		text.Values = map[string]any{}
	}
	return text.Deadline, text.Values, nil
}
