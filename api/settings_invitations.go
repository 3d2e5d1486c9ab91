package api

import (
	"context"

	"github.com/oapi-codegen/nullable"

	"heraut/fault"
	"heraut/invitation"
	"heraut/settings"
)

// GetInvitationSettings answers GET /v1/settings/invitations.
func (h *handlers) GetInvitationSettings(ctx context.Context, _ GetInvitationSettingsRequestObject) (GetInvitationSettingsResponseObject, error) {
	s, version, err := settings.ReadInvitations(ctx, h.d.Settings)
	if err != nil {
		return nil, err
	}
	return GetInvitationSettings200JSONResponse{
		Body: showInvitationSettings(s), Headers: GetInvitationSettings200ResponseHeaders{ETag: etagOf(version)},
	}, nil
}

// PutInvitationSettings answers PUT /v1/settings/invitations.
func (h *handlers) PutInvitationSettings(ctx context.Context, r PutInvitationSettingsRequestObject) (PutInvitationSettingsResponseObject, error) {
	version, err := ifMatch(r.Params.IfMatch)
	if err != nil {
		return nil, err
	}
	s, err := readInvitationSettings(*r.Body)
	if err != nil {
		return nil, err
	}
	if s, err = h.inZone(ctx, s, r.Body.TimeZone); err != nil {
		return nil, err
	}
	now, err := h.settings.PutInvitations(ctx, actor(ctx), s, version)
	if err != nil {
		return nil, err
	}
	return PutInvitationSettings200JSONResponse{
		Body: showInvitationSettings(s), Headers: PutInvitationSettings200ResponseHeaders{ETag: etagOf(now)},
	}, nil
}

// inZone puts settings in the time zone that a request names. One that names
// none and has no quiet hours leaves the organization's as it is.
func (h *handlers) inZone(ctx context.Context, s settings.Invitations, named *string) (settings.Invitations, error) {
	if named != nil {
		s.TimeZone = *named
		return s, nil
	}
	if s.QuietHours != nil {
		return s, nil
	}
	stored, _, err := settings.ReadInvitations(ctx, h.d.Settings)
	s.TimeZone = stored.Zone()
	return s, err
}

// readInvitationSettings fills in the defaults and gathers all that is wrong.
func readInvitationSettings(body InvitationSettingsPut) (settings.Invitations, error) {
	s := settings.DefaultInvitations()
	var fields []fault.Field
	duration := func(pointer, text string, into *settings.Duration) {
		d, err := settings.ParseDuration(text)
		if err != nil {
			fields = append(fields, fault.Field{Pointer: pointer, Message: err.Error()})
		}
		*into = d
	}
	if body.ExpiresAfter != nil {
		duration("/expires_after", *body.ExpiresAfter, &s.ExpiresAfter)
	}
	if body.Reminders != nil {
		s.Reminders = make([]settings.Reminder, len(*body.Reminders))
		for i, r := range *body.Reminders {
			s.Reminders[i].Channel = invitation.Via(r.Channel)
			duration(pointerAt("reminders", i, "after"), r.After, &s.Reminders[i].After)
		}
	}
	s.Reminders, fields = inTime(s, body.Reminders != nil, fields)
	if body.QuietHours.IsSpecified() {
		s.QuietHours = readQuietHours(body.QuietHours)
	} else if body.TimeZone != nil {
		s.QuietHours.TimeZone = *body.TimeZone
	}
	if body.DefaultChannel != nil {
		s.DefaultChannel = invitation.Policy(*body.DefaultChannel)
	}
	patch(&s.OrganizationName, body.OrganizationName)
	if body.DefaultLanguage != nil {
		s.DefaultLanguage = string(*body.DefaultLanguage)
	}
	if len(fields) > 0 {
		return s, fault.Invalid(fields...)
	}
	return s, nil
}

// inTime gives the reminders that come before the end, with what is wrong so
// far and of them. Those that were given and come later would never leave, which
// somebody should hear; of the defaults they are left out.
func inTime(s settings.Invitations, given bool, wrong []fault.Field) ([]settings.Reminder, []fault.Field) {
	kept := make([]settings.Reminder, 0, len(s.Reminders))
	for i, r := range s.Reminders {
		if given || r.After < s.ExpiresAfter {
			kept = append(kept, r)
		}
		if given && s.ExpiresAfter > 0 && r.After >= s.ExpiresAfter {
			wrong = append(wrong, fault.Field{Pointer: pointerAt("reminders", i, "after"), Message: "Give a time before the invitation expires."})
		}
	}
	return kept, wrong
}

func readQuietHours(given nullable.Nullable[QuietHours]) *settings.QuietHours {
	if given.IsNull() {
		return nil
	}
	q := given.MustGet()
	return &settings.QuietHours{From: q.From, To: q.To, TimeZone: q.TimeZone}
}

func showInvitationSettings(s settings.Invitations) InvitationSettings {
	body := InvitationSettings{
		ExpiresAfter: s.ExpiresAfter.String(), DefaultChannel: ChannelPolicy(s.DefaultChannel),
		OrganizationName: s.OrganizationName, DefaultLanguage: Language(s.DefaultLanguage), TimeZone: s.Zone(),
		Reminders: shown(s.Reminders, func(r settings.Reminder) Reminder {
			return Reminder{After: r.After.String(), Channel: ReminderChannel(r.Channel)}
		}),
	}
	body.QuietHours.SetNull()
	if q := s.QuietHours; q != nil {
		body.QuietHours.Set(QuietHours{From: q.From, To: q.To, TimeZone: q.TimeZone})
	}
	return body
}
