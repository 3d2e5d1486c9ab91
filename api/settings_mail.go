package api

import (
	"context"

	"heraut/settings"
)

// GetMailSettings answers GET /v1/settings/mail.
func (h *handlers) GetMailSettings(ctx context.Context, _ GetMailSettingsRequestObject) (GetMailSettingsResponseObject, error) {
	mail, version, err := settings.ReadMail(ctx, h.d.Settings)
	if err != nil {
		return nil, err
	}
	return GetMailSettings200JSONResponse{Body: showMail(mail), Headers: GetMailSettings200ResponseHeaders{ETag: etagOf(version)}}, nil
}

// PutMailSettings answers PUT /v1/settings/mail.
func (h *handlers) PutMailSettings(ctx context.Context, r PutMailSettingsRequestObject) (PutMailSettingsResponseObject, error) {
	version, err := ifMatch(r.Params.IfMatch)
	if err != nil {
		return nil, err
	}
	mail := readMail(*r.Body)
	now, err := h.settings.PutMail(ctx, actor(ctx), mail, newPassword(*r.Body), version)
	if err != nil {
		return nil, err
	}
	return PutMailSettings200JSONResponse{Body: showMail(mail), Headers: PutMailSettings200ResponseHeaders{ETag: etagOf(now)}}, nil
}

// newPassword is the relay's password as it was given; nil: it was not.
func newPassword(body MailSettingsPut) *string {
	if !body.Relay.IsSpecified() || body.Relay.IsNull() {
		return nil
	}
	return given(body.Relay.MustGet().Password)
}

// TestMail answers POST /v1/settings/mail/test.
func (h *handlers) TestMail(ctx context.Context, r TestMailRequestObject) (TestMailResponseObject, error) {
	to := ""
	if r.Body != nil {
		to = textOf(r.Body.To)
	}
	steps, err := h.settings.TestMail(ctx, to)
	return TestMail200JSONResponse{Steps: shown(steps, showCheck)}, err
}

// readMail fills in what the caller may leave out.
func readMail(body MailSettingsPut) settings.Mail {
	mail := settings.DefaultMail()
	mail.Mode, mail.From = settings.MailMode(body.Mode), textOf(body.From)
	if body.PerMinute.IsSpecified() && !body.PerMinute.IsNull() {
		mail.PerMinute = body.PerMinute.MustGet()
	}
	if body.Relay.IsSpecified() && !body.Relay.IsNull() {
		relay := body.Relay.MustGet()
		mail.Relay.Host, mail.Relay.Username = relay.Host, textOf(relay.Username)
		patch(&mail.Relay.Port, relay.Port)
		if relay.TLS != nil {
			mail.Relay.TLS = settings.TLSMode(*relay.TLS)
		}
	}
	if body.Bounces.IsSpecified() && !body.Bounces.IsNull() {
		bounces := body.Bounces.MustGet()
		mail.Bounces = settings.Bounces{Domain: textOf(bounces.Domain), Listen: textOf(bounces.Listen)}
	}
	return mail
}

func showMail(m settings.Mail) MailSettings {
	shown := MailSettings{
		Mode: MailMode(m.Mode), From: orNull[string](m.From), PerMinute: m.PerMinute,
		Bounces: Bounces{Domain: orNull[string](m.Bounces.Domain), Listen: orNull[string](m.Bounces.Listen)},
	}
	shown.Relay.SetNull()
	if m.Relay.Host != "" {
		shown.Relay.Set(Relay{
			Host: m.Relay.Host, Port: m.Relay.Port, TLS: TLSMode(m.Relay.TLS), Username: orNull[string](m.Relay.Username),
		})
	}
	return shown
}

func showCheck(c settings.Check) Check { return Check{Name: c.Name, Ok: c.OK, Detail: c.Detail} }
