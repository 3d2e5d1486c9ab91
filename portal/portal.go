// Package portal serves the public pages for invited people at home: the
// invitation page and the user portal that enrolls devices, in Dutch and
// English, without script and without a sign-in. Whoever holds the link is the
// invited person.
package portal

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"heraut/internal/throttle"
	"heraut/invitation"
	"heraut/people"
	"heraut/settings"
)

// Invitations is what the portal needs of the store, which decides every answer.
type Invitations interface {
	// ByLink finds an invitation by the hash of its link's token. Its state is
	// true to the database's clock. fault.NotFound where there is none.
	ByLink(ctx context.Context, hash []byte) (invitation.View, error)
	// Answer settles an open invitation; of all who try, one wins. The others
	// get fault.InvitationSettled.
	Answer(ctx context.Context, id string, a invitation.Answer, actor people.Actor, source invitation.Source) error
	// AskNewLink notes that the person wants a new link. Asking twice is once.
	AskNewLink(ctx context.Context, id string) error
	// StopReminders ends the reminders; the invitation stays open. Stopping
	// twice is once.
	StopReminders(ctx context.Context, id string) error
}

// Links knows the tokens of invitation pages. Tokens of any other purpose do
// not verify.
type Links interface {
	// Hash is what the store keeps of a token, whatever the token looks like.
	Hash(token string) []byte
	// Verify tells, in constant time, whether the token is the invitation's.
	Verify(token, invitationID string) bool
	// VerifyEnrollment tells, in constant time, whether the token is the
	// enrollment link's.
	VerifyEnrollment(token, linkID string) bool
}

// Workflows wakes what waits for answers.
type Workflows interface {
	// WakeUser makes the user's workflow look at what the store decided.
	WakeUser(ctx context.Context, userID string) error
}

// Organization is who invites, as the pages name it.
type Organization struct {
	Name     string
	Language string // nl or en: the last resort
	// AcceptsHere tells that accepting on the page counts. It is false where a
	// content token is installed: then Apple says who accepted.
	AcceptsHere bool
	// Location is the zone in which times are shown; nil: UTC.
	Location *time.Location
	Logo     settings.Logo
}

// Dependencies are what the portal needs; all are required.
type Dependencies struct {
	Invitations  Invitations
	Links        Links
	Workflows    Workflows
	Apple        Apple
	Enrollment   Enrollment
	Organization func(ctx context.Context) (Organization, error)
	// Logo is the picture of Organization's logo.
	Logo func(ctx context.Context) ([]byte, error)
	Log  *slog.Logger
}

// Portal serves the public pages. It is safe for concurrent use.
type Portal struct {
	Dependencies
	misses *throttle.Limiter // of links
	codes  *throttle.Limiter // of codes
	origin *http.CrossOriginProtection
}

// New makes the portal.
func New(d Dependencies) *Portal {
	return &Portal{
		Dependencies: d, origin: http.NewCrossOriginProtection(),
		misses: throttle.New(linkMisses, nil), codes: throttle.New(codeMisses, nil),
	}
}

// Register adds the routes below /i and /enroll to a server. Its IPExtractor says who is
// behind a proxy; without one the peer itself is counted.
func (p *Portal) Register(e *echo.Echo) {
	read := []string{http.MethodGet, http.MethodHead}
	e.Match(read, stylesheetPath, stylesheet, guarded)
	e.Match(read, assetsPrefix+":logo", p.logo, guarded)
	e.Match(read, "/i/:token", p.opened((*visit).page), guarded)
	e.Match(read, "/i/:token/new-link", p.opened((*visit).back), guarded)
	e.Match(read, "/i/:token/stop", p.opened((*visit).stopPage), guarded)
	e.POST("/i/:token", p.submitted(p.sameOrigin(p.opened((*visit).answer))), guarded)
	e.POST("/i/:token/new-link", p.submitted(p.sameOrigin(p.opened((*visit).newLink))), guarded)
	// Mail providers post here from wherever they are (RFC 8058).
	e.POST("/i/:token/stop", p.submitted(p.opened((*visit).stop)), guarded)
	// No RouteNotFound: it would hide Echo's own 405, and its answer to OPTIONS.
	methods := []string{http.MethodGet, http.MethodHead, http.MethodPost}
	e.Match(methods, "/i", p.nowhere, guarded)
	e.Match(methods, "/i/*", p.nowhere, guarded)
	p.registerEnrollment(e, read)
}

// Handler serves the portal alone, counting each peer by its own address.
func (p *Portal) Handler() http.Handler {
	e := echo.New()
	e.IPExtractor = echo.ExtractIPDirect()
	p.Register(e)
	return e
}
