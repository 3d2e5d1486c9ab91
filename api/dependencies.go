package api

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"reflect"
	"time"

	"heraut/content"
	"heraut/internal/secrets"
	"heraut/invitation"
	"heraut/office"
	"heraut/people"
	"heraut/settings"
)

// Dependencies are the parts behind the contract.
type Dependencies struct {
	Log     *slog.Logger
	Secrets *secrets.Keyring
	// Secure tells that browsers come by HTTPS: cookies then go no other way.
	Secure bool
	// Spool is the folder for uploads; it must exist.
	Spool string
	// PublicURL is the address at which people reach this server, without a
	// slash at the end; empty: links can not be made.
	PublicURL string
	// UIOrigin is the origin of the Temporal UI ("http://127.0.0.1:8233"), which
	// alone may ask for an engine session from a browser; empty: none may.
	UIOrigin string
	// Metrics serves /metrics; without it the path does not exist.
	Metrics http.Handler
	// Stopping is closed when the server takes leave: /readyz then sends others
	// elsewhere. Nil: it never does.
	Stopping <-chan struct{}

	Database     Database
	Engine       Engine
	People       People
	Plans        Plans
	Sends        Sends
	Invitations  Invitations
	Enrollments  Enrollments
	Bulk         Bulk
	Keys         Keys
	SCIMClients  SCIMClients
	Audit        Audit
	Settings     office.SettingsStore
	Idempotency  Idempotency
	Imports      Imports
	Importer     Importer
	MailTester   office.MailTester
	Certificates office.Certificates
	ContentToken office.ContentToken
	// ContentTokens are those that are installed.
	ContentTokens office.TokenStore
	MDMServers    office.MDMServers
	Content       Content
	Preflight     Checker

	EnrollmentLinks EnrollmentLinks
	Notifications   Notifications

	Administrators Administrators
	OIDC           office.IdentityProviders
	// SignInURL is the address of a one-time link with the token by which an
	// administrator sets a passphrase; empty where there is no address.
	SignInURL        func(token string) string
	Directories      Directories
	DirectoryServers office.DirectoryServers
}

// check names a part that is missing.
func (d *Dependencies) check() error {
	value := reflect.ValueOf(*d)
	for i, field := range reflect.VisibleFields(value.Type()) {
		optional := field.Name == "Metrics" || field.Name == "Stopping" || field.Type.Kind() == reflect.String || field.Type.Kind() == reflect.Bool
		if !optional && value.Field(i).IsNil() {
			return fmt.Errorf("package api needs %s", field.Name)
		}
	}
	return nil
}

// Database is asked by /readyz.
type Database interface {
	Ping(ctx context.Context) error
}

// Engine runs the workflows. What it could not be told, the Reconcile schedule
// finds.
type Engine interface {
	office.Engine
	office.DirectoryEngine
	// Healthy tells whether the engine answers.
	Healthy(ctx context.Context) error
}

// People keeps users, groups and devices.
type People interface {
	CreateUser(ctx context.Context, actor people.Actor, u people.User) (people.User, error)
	User(ctx context.Context, id string) (people.User, error)
	UpdateUser(ctx context.Context, actor people.Actor, id string, ifVersion *int64, edit func(people.User) (people.User, error)) (people.User, error)
	DeleteUser(ctx context.Context, actor people.Actor, id string, ifVersion *int64) error
	ListUsers(ctx context.Context, f people.UserFilter, after people.Cursor, limit int) (people.Page[people.User], error)

	CreateGroup(ctx context.Context, actor people.Actor, g people.Group) (people.Group, error)
	Group(ctx context.Context, id string) (people.Group, error)
	UpdateGroup(ctx context.Context, actor people.Actor, id string, ifVersion *int64, edit func(people.Group) (people.Group, error)) (people.Group, error)
	DeleteGroup(ctx context.Context, actor people.Actor, id string, ifVersion *int64) error
	ListGroups(ctx context.Context, f people.GroupFilter, after people.Cursor, limit int) (people.Page[people.Group], error)
	GroupCounts(ctx context.Context, ids ...string) (map[string]people.GroupCounts, error)
	ReplaceMembers(ctx context.Context, actor people.Actor, id string, ifVersion *int64, userIDs, groupIDs []string) (people.Group, error)

	CreateDevice(ctx context.Context, actor people.Actor, d people.Device) (people.Device, error)
	Device(ctx context.Context, id string) (people.Device, error)
	UpdateDevice(ctx context.Context, actor people.Actor, id string, ifVersion *int64, edit func(people.Device) (people.Device, error)) (people.Device, error)
	DeleteDevice(ctx context.Context, actor people.Actor, id string, ifVersion *int64) error
	ListDevices(ctx context.Context, f people.DeviceFilter, after people.Cursor, limit int) (people.Page[people.OwnedDevice], error)
}

// Plans freezes plans and confirms them.
type Plans interface {
	CreatePlan(ctx context.Context, actor people.Actor, r invitation.Request) (invitation.Plan, error)
	Plan(ctx context.Context, id string) (invitation.Plan, error)
	PlanTargets(ctx context.Context, planID string, after people.Cursor, limit int) (people.Page[invitation.Target], error)
	// SendPlan returns the same send again, fresh false, for a plan that was sent.
	SendPlan(ctx context.Context, actor people.Actor, planID, digest string, s invitation.Schedule) (send invitation.Send, fresh bool, err error)
}

// Sends keeps sends. Cancelling, pausing and resuming a send that is settled
// or cancelled is a send_settled fault; pausing or resuming twice is none.
type Sends interface {
	Send(ctx context.Context, id string) (invitation.Send, error)
	ListSends(ctx context.Context, after people.Cursor, limit int) (people.Page[invitation.Send], error)
	CancelSend(ctx context.Context, actor people.Actor, id string) (invitation.Send, error)
	PauseSend(ctx context.Context, actor people.Actor, id string) (invitation.Send, error)
	ResumeSend(ctx context.Context, actor people.Actor, id string) (invitation.Send, error)
	// UserStart is what starting a user's workflow needs (after the send of a
	// single user set Deliver); ok is false when nothing is open.
	UserStart(ctx context.Context, userID string) (start invitation.Start, ok bool, err error)
	// RouteState tells whether a route is down and when it is tried again.
	RouteState(ctx context.Context, route invitation.Route) (invitation.RouteState, error)
}

// Invitations keeps invitations. What is settled is an invitation_settled fault
// to every change.
type Invitations interface {
	Invitation(ctx context.Context, id string) (invitation.Invitation, error)
	Timeline(ctx context.Context, id string) ([]invitation.Event, error)
	// ListInvitations lists the newest first.
	ListInvitations(ctx context.Context, f invitation.Filter, after people.Cursor, limit int) (people.Page[invitation.Invitation], error)
	// ListActive lists open ones, newest first: the active tasks.
	ListActive(ctx context.Context, f invitation.Filter, after people.Cursor, limit int) (people.Page[invitation.Invitation], error)
	// ListCompleted lists settled ones, last settled first: the completed tasks.
	ListCompleted(ctx context.Context, f invitation.Filter, after people.Cursor, limit int) (people.Page[invitation.Invitation], error)
	CountInvitations(ctx context.Context, f invitation.Filter) (int, error)
	// Answer decides by one conditional update: the first of accept, decline,
	// cancel and expiry wins.
	Answer(ctx context.Context, id string, a invitation.Answer, actor people.Actor, source invitation.Source) (invitation.Decided, error)
	CancelInvitation(ctx context.Context, actor people.Actor, id string) (invitation.Decided, error)
	// ResendInvitation makes another attempt due, with expiry and reminders
	// begun anew. What is resent to one user in one batch shares one mail, and
	// resending it in the same batch again does nothing new.
	ResendInvitation(ctx context.Context, actor people.Actor, id, batch string) (invitation.Decided, error)
	// ExtendInvitation begins the time until expiry anew.
	ExtendInvitation(ctx context.Context, actor people.Actor, id string) (invitation.Decided, error)
}

// Enrollments keeps who is enrolled.
type Enrollments interface {
	// ListEnrollments lists members of a group through nesting, or everyone for
	// an empty id, newest first.
	ListEnrollments(ctx context.Context, groupID string, after people.Cursor, limit int) (people.Page[invitation.Enrollment], error)
	DeleteEnrollment(ctx context.Context, actor people.Actor, userID string) error
}

// Bulk keeps actions on many invitations; a workflow goes through them.
type Bulk interface {
	// CreateBulk keeps an action on every open invitation that a filter matches.
	CreateBulk(ctx context.Context, actor people.Actor, a invitation.Action, f invitation.Filter) (invitation.Bulk, error)
	Bulk(ctx context.Context, id string) (invitation.Bulk, error)
}

// Keys keeps API keys, by the hash of their secret.
type Keys interface {
	// Authenticate finds the key of a secret form ("heraut_<id>_<secret>"); any
	// that does not work is the same unauthenticated fault.
	Authenticate(ctx context.Context, presented string) (people.APIKey, error)
	// Key finds a key that was not revoked; not_found otherwise.
	Key(ctx context.Context, id string) (people.APIKey, error)
	ListKeys(ctx context.Context, after people.Cursor, limit int) (people.Page[people.APIKey], error)
	CreateKey(ctx context.Context, actor people.Actor, k people.APIKey) (key people.APIKey, secret string, err error)
	RevokeKey(ctx context.Context, actor people.Actor, id string) error
}

// SCIMClients keeps the tokens of identity providers.
type SCIMClients interface {
	ListSCIMClients(ctx context.Context, after people.Cursor, limit int) (people.Page[people.SCIMClient], error)
	CreateSCIMClient(ctx context.Context, actor people.Actor, c people.SCIMClient) (client people.SCIMClient, token string, err error)
	RotateSCIMToken(ctx context.Context, actor people.Actor, id string, endOld bool) (client people.SCIMClient, token string, err error)
	DeleteSCIMClient(ctx context.Context, actor people.Actor, id string) error
}

// Audit lists changes, newest first.
type Audit interface {
	ListAudit(ctx context.Context, f people.AuditFilter, after people.Cursor, limit int) (people.Page[people.AuditEntry], error)
}

// Idempotency keeps claims and answers of POST requests.
type Idempotency interface {
	// ClaimRequest takes the right to run a request. Faults:
	// idempotency_key_reused for another body, request_in_progress.
	ClaimRequest(ctx context.Context, keyID, key, bodyHash string) (people.Claim, error)
	// WithClaim makes every change under the context part of the request.
	WithClaim(ctx context.Context, c people.Claim) context.Context
	FinishRequest(ctx context.Context, c people.Claim, a people.Answer) error
	ReleaseRequest(ctx context.Context, c people.Claim) error
}

// Imports keeps import jobs.
type Imports interface {
	CreateImport(ctx context.Context, actor people.Actor, dryRun bool) (people.Import, error)
	Import(ctx context.Context, id string) (people.Import, error)
	ListImportProblems(ctx context.Context, id string, after people.Cursor, limit int) (people.Page[people.ImportProblem], error)
}

// Importer runs an import in the background. It owns the folder from then on
// and removes it at the end. The folder holds files named as the contract
// names the parts: roster (a zip), students.csv and so on.
type Importer interface {
	StartImport(actor people.Actor, importID, folder string, o people.RosterOptions)
}

// Administrators keeps who signs in to the console.
type Administrators interface {
	Administrator(ctx context.Context, id string) (people.Administrator, error)
	CreateAdministrator(ctx context.Context, actor people.Actor, a people.Administrator) (people.Administrator, error)
	// UpdateAdministrator and DeleteAdministrator refuse what would leave no
	// admin who can sign in: conflict.
	UpdateAdministrator(ctx context.Context, actor people.Actor, id string, ifVersion *int64, edit func(people.Administrator) (people.Administrator, error)) (people.Administrator, error)
	DeleteAdministrator(ctx context.Context, actor people.Actor, id string, ifVersion *int64) error
	ListAdministrators(ctx context.Context, after people.Cursor, limit int) (people.Page[people.Administrator], error)
	// CreateSignInLink keeps a one-time link by the hash of its token, for life,
	// in place of those that the administrator had.
	CreateSignInLink(ctx context.Context, actor people.Actor, administratorID string, hash []byte, life time.Duration) (people.SignInLink, error)
}

// Content keeps which apps and books there are, who is promised which, and who
// has or waits for a license. It knows those of locations with a content token.
type Content interface {
	ListAssets(ctx context.Context, after people.Cursor, limit int) (people.Page[content.Asset], error)
	Content(ctx context.Context, o content.Owner) ([]content.Asset, error)
	// PutContent makes assets the whole set of a group or user. Fault:
	// invalid_request with pointers for those that are not known.
	PutContent(ctx context.Context, actor people.Actor, o content.Owner, assets []content.Choice) ([]content.Asset, error)
	// ListActiveLicenses lists what is under way, newest first: the active tasks.
	ListActiveLicenses(ctx context.Context, f content.LicenseFilter, after people.Cursor, limit int) (people.Page[content.License], error)
	// ListCompletedLicenses lists the others, last settled first.
	ListCompletedLicenses(ctx context.Context, f content.LicenseFilter, after people.Cursor, limit int) (people.Page[content.License], error)
	// ForecastLicenses tells what a plan's users will need.
	ForecastLicenses(ctx context.Context, planID string) ([]content.Forecast, error)
}

// EnrollmentLinks keeps the links by which devices are enrolled.
type EnrollmentLinks interface {
	// CreateEnrollmentLink keeps a link with the ID and UserID of l by the
	// hashes of its token and of its code, for life.
	CreateEnrollmentLink(ctx context.Context, actor people.Actor, l people.EnrollmentLink, hash, codeHash []byte, life time.Duration) (people.EnrollmentLink, error)
	EnrollmentLink(ctx context.Context, id string) (people.EnrollmentLink, error)
}

// Notifications takes what Apple tells by itself. It may be lost, doubled,
// late and forged, and decides nothing.
type Notifications interface {
	// Arrived takes the one Authorization header and the body of a
	// notification. Faults: unauthenticated for one that is not Apple's,
	// malformed; one that came before is none.
	Arrived(ctx context.Context, authorization string, body []byte) error
}

// Checker checks what a send needs.
type Checker interface {
	Check(ctx context.Context) []settings.Check
}
