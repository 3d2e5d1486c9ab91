// Package console serves the administrator's pages, in Dutch and English. They
// are made on the server and work without script; htmx, a small script of our
// own and one stream of events make them live where script runs. The console
// decides nothing: it reads the store and asks it for changes, as the API does.
package console

import (
	"context"
	"embed"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"heraut/console/page"
	"heraut/console/signin"
	"heraut/office"
)

//go:embed templates locales assets
var files embed.FS

// Organization is what the pages show of the organization.
type Organization struct {
	Name     string
	Language string         // nl or en: the last resort
	Location *time.Location // nil: UTC
}

// Dependencies are what the console needs; all are required unless they say
// otherwise.
type Dependencies struct {
	Log *slog.Logger
	// Now is the time that "3 days ago" counts from; nil: time.Now.
	Now func() time.Time
	// TrustedProxies may name clients in X-Forwarded-For.
	IPExtractor echo.IPExtractor
	// UIOrigin is the origin of the Temporal UI, for links; empty: none.
	UIOrigin string
	// Namespace is the Temporal namespace of the workflows that links lead to.
	Namespace string
	// Stopped is closed when the server stops: streams of events end with it. Nil:
	// they end with their requests alone.
	Stopped <-chan struct{}
	// Demo marks every page: nothing that is sent leaves this machine.
	Demo bool

	// SignIn is what signing in needs; Pages is the console itself.
	SignIn       signin.Dependencies
	Organization func(ctx context.Context) (Organization, error)
	Office       office.Office
	// Links makes links by which people enroll their devices.
	Links office.Links
	// Importer runs imports of rosters, and Spool is the folder for their files;
	// it must exist.
	Importer Importer
	Spool    string
	Store    Store
	// Directories binds directories and has them read.
	Directories office.Directories
	// Plans confirms plans; it refuses where links would lead nowhere.
	Plans Plans
	// Settings changes what an administrator sets, SignInLinks makes one-time
	// links for administrators, and Preflight checks what a send needs.
	Settings    office.Settings
	SignInLinks office.SignInLinks
	Preflight   Checker
}

// Store is what the console reads and changes. Each noun's file says what it
// needs of it.
type Store interface {
	overview
	homeStore
	usersStore
	belongings
	groupsStore
	endingStore
	devicesStore
	contentStore
	activityStore
	importsStore
	invitesStore
	plansStore
	sendsStore
	tasksStore
	invitationsStore
	searchStore
	settingsStore
	directoriesStore
	sourcesStore
}

// Console serves the administrator's pages. It is safe for concurrent use.
type Console struct {
	Dependencies
	gate      gate
	words     *page.Words
	templates *page.Templates
	assets    *page.Assets
	counts    *countsCache
	waits     *waitsCache
	hub       *hub
	checks    *checksCache
	echo      *echo.Echo
}

// assetsPrefix is where stylesheet and scripts are served.
const assetsPrefix = "/assets/"

// New makes the console.
func New(d Dependencies) (*Console, error) {
	c := &Console{Dependencies: d, echo: echo.New()}
	if c.Now == nil {
		c.Now = time.Now
	}
	if err := c.load(); err != nil {
		return nil, err
	}
	c.counts = newCountsCache(d.Store, c.Now)
	c.waits = &waitsCache{store: d.Store, now: c.Now}
	c.hub = newHub(d.Log)
	c.checks = &checksCache{checker: d.Preflight, now: c.Now}
	c.SignIn.Pages = c
	entry, err := signin.New(c.SignIn)
	if err != nil {
		return nil, fmt.Errorf("making the sign-in: %w", err)
	}
	c.gate = gate{entry}
	c.echo.IPExtractor = d.IPExtractor
	c.echo.HTTPErrorHandler = c.failed
	c.echo.Use(c.frame)
	c.routes()
	return c, nil
}

// Valid tells whether a request carries the session of an operator or an admin.
func (c *Console) Valid(r *http.Request) bool { return c.gate.Valid(r) }

func (c *Console) load() (err error) {
	if c.words, err = page.LoadWords(files, "locales"); err != nil {
		return err
	}
	if c.assets, err = page.LoadAssets(files, "assets", assetsPrefix); err != nil {
		return err
	}
	c.templates, err = page.LoadTemplates(files, "templates", c.words, c.assets)
	return err
}

// ServeHTTP implements http.Handler.
func (c *Console) ServeHTTP(w http.ResponseWriter, r *http.Request) { c.echo.ServeHTTP(w, r) }

// Owns tells whether a path is one of the console's.
func (c *Console) Owns(path string) bool {
	first, _, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	return slices.Contains(firstParts, first)
}
