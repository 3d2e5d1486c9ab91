package signin

import (
	"math"
	"time"

	"heraut/people"
)

// The pages, as templates/signin names them.
const (
	pageSignIn     = "sign-in"
	pageAgain      = "sign-in-again"
	pageLink       = "first-admin"
	pageAccount    = "account"
	pageOIDCFailed = "oidc-failed"
)

// Errors are the keys of texts, by the name of the field that they stand
// beside; "form" is of the form as a whole.
type Errors map[string]string

// FormPage is what the page sign-in shows.
type FormPage struct {
	// Next is where the sign-in leads; empty: home.
	Next   string
	Login  string
	Errors Errors
	// Wait is after how many seconds another try makes sense; 0: at once.
	Wait int
	OIDC OIDCButton
}

// OIDCButton leads to the identity provider.
type OIDCButton struct {
	Shown bool
	// Label names the provider; it may be empty.
	Label string
	// Href starts the sign-in there.
	Href string
}

// AgainPage is what the page sign-in-again shows: a form that was sent without
// a session, which is sent once more by signing in.
type AgainPage struct {
	FormPage

	// Action is where the form goes.
	Action string
	// Multipart tells that the form was sent as multipart/form-data.
	Multipart bool
	// Fields are what was typed.
	Fields []Field
	// LeftOut tells that secrets or files were not kept: they are given anew.
	LeftOut bool
	// Lost tells that the form was too large to be kept.
	Lost bool
}

// Field is one value of a form.
type Field struct{ Name, Value string }

// LinkPage is what the page first-admin shows.
type LinkPage struct {
	// Action is where the form goes.
	Action string
	Token  string
	// First tells that the link makes the first administrator, who gives Name
	// and Login; else they are the administrator's.
	First       bool
	Name, Login string
	Errors      Errors
	// Over tells that the link was used or has expired, and Unknown that there
	// never was one: then there is no form.
	Over, Unknown bool
	MinLength     int
}

// AccountPage is what the page account shows.
type AccountPage struct {
	Administrator people.Administrator
	Errors        Errors
	// Wait is after how many seconds another try makes sense; 0: at once.
	Wait int
	// Saved is the key of the text that tells what was saved; empty: nothing.
	Saved     string
	MinLength int
}

// OIDCFailedPage is what the page oidc-failed shows.
type OIDCFailedPage struct {
	// Reason is the key of the text.
	Reason string
	// Back leads to the sign-in.
	Back string
}

// seconds rounds a wait up.
func seconds(wait time.Duration) int { return int(math.Ceil(wait.Seconds())) }
