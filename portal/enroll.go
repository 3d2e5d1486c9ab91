package portal

import (
	"context"
	"net/http"

	"github.com/labstack/echo/v4"

	"heraut/fault"
	"heraut/people"
)

// Enrollment is what the user portal needs to enroll devices.
type Enrollment interface {
	// ByLink finds an enrollment link by the hash of its token; fault.NotFound
	// where there is none.
	ByLink(ctx context.Context, hash []byte) (people.EnrollmentLink, error)
	// ByCode gives the token of the link whose code a person typed;
	// fault.NotFound where there is none.
	ByCode(ctx context.Context, code string) (token string, err error)
	// Profile makes the profile (.mobileconfig) that enrolls one device by the
	// link, with texts in a language, nl or en. fault.Unavailable: no device
	// can be enrolled before an administrator has set MDM up.
	Profile(ctx context.Context, link people.EnrollmentLink, language string) ([]byte, error)
}

// The profile that enrolls a device, as browsers on Apple's systems know it.
const (
	profileMedia = "application/x-apple-aspen-config"
	profileName  = "heraut.mobileconfig"
)

// registerEnrollment adds the routes below /enroll.
func (p *Portal) registerEnrollment(e *echo.Echo, read []string) {
	e.Match(read, "/enroll", p.codePage, guarded)
	e.POST("/enroll", p.submitted(p.sameOrigin(p.codeTyped)), guarded)
	e.Match(read, "/enroll/:token", p.enrolling((*visit).enrollPage), guarded)
	e.POST("/enroll/:token", p.submitted(p.sameOrigin(p.enrolling((*visit).profile))), guarded)
	e.Match(append(read, http.MethodPost), "/enroll/*", p.nowhere, guarded)
}

// codePage asks for the code.
func (p *Portal) codePage(c echo.Context) error {
	return p.withCode(c, func(v *visit) error { return v.show(http.StatusOK, pageCode) })
}

// codeTyped leads on to the page of the link whose code was typed.
func (p *Portal) codeTyped(c echo.Context) error {
	return p.withCode(c, func(v *visit) error {
		token, err := p.Enrollment.ByCode(v.ctx(), c.Request().PostForm.Get("code"))
		switch {
		case fault.Is(err, fault.NotFound):
			p.codes.Take(clientOf(c))
			v.wrongCode = true
			return v.show(http.StatusNotFound, pageCode)
		case err != nil:
			return v.away("looking a code up", err)
		}
		return v.see("/enroll/" + token)
	})
}

// withCode begins a visit without a token.
func (p *Portal) withCode(c echo.Context, next func(*visit) error) error {
	v := &visit{portal: p, c: c}
	if !p.codes.Left(clientOf(c)) {
		return v.tooMany()
	}
	var err error
	if v.organization, err = p.Organization(v.ctx()); err != nil {
		return v.away("asking for a code", err)
	}
	return next(v)
}

// enrolling lets only tokens that verify through to next.
func (p *Portal) enrolling(next func(*visit) error) echo.HandlerFunc {
	return p.admit(pageNoEnrollment, "opening an enrollment link", (*visit).loadEnrollment, next)
}

// loadEnrollment looks the token up. It takes the same steps whether the token
// is malformed, strange or true.
func (v *visit) loadEnrollment(token string) (bool, error) {
	var err error
	if v.organization, err = v.portal.Organization(v.ctx()); err != nil {
		return false, err
	}
	link, err := v.portal.Enrollment.ByLink(v.ctx(), v.portal.Links.Hash(token))
	known := !fault.Is(err, fault.NotFound)
	if known && err != nil {
		return false, err
	}
	if verified := v.portal.Links.VerifyEnrollment(token, link.ID); !known || !verified {
		return false, nil
	}
	v.token, v.link = token, link
	return true, nil
}

// enrollPage explains how a device is enrolled, and changes nothing.
func (v *visit) enrollPage() error {
	switch {
	case !v.link.UsedAt.IsZero():
		return v.show(http.StatusOK, pageEnrolled)
	case v.link.Expired:
		return v.show(http.StatusOK, pageEnrollOver)
	}
	return v.show(http.StatusOK, pageEnroll)
}

// profile answers with the profile that enrolls the device. It can be asked
// for again until a device was enrolled with it.
func (v *visit) profile() error {
	if !v.link.Open() {
		return v.see("/enroll/" + v.token)
	}
	profile, err := v.portal.Enrollment.Profile(v.ctx(), v.link, v.language())
	switch {
	case fault.Is(err, fault.Unavailable):
		v.portal.Log.WarnContext(v.ctx(), "no enrollment profile can be made", "user_id", v.link.UserID, "error", err)
		return v.show(http.StatusServiceUnavailable, pageEnrollLater)
	case fault.Is(err, fault.NotFound): // the user was deleted since it was opened
		v.token, v.link = "", people.EnrollmentLink{}
		return v.show(http.StatusNotFound, pageNoEnrollment)
	case err != nil:
		return v.away("making an enrollment profile", err)
	}
	v.c.Response().Header().Set(echo.HeaderContentDisposition, `attachment; filename="`+profileName+`"`)
	return v.c.Blob(http.StatusOK, profileMedia, profile)
}
