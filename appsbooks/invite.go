package appsbooks

import (
	"context"
	"errors"
	"net/url"
	"strings"
)

// InviteURL makes the address at which a person accepts, of the template in
// the service config (urls.invitationEmail) and the invite code of the user.
// The placeholder is %25inviteCode%25 and, in older texts, %inviteCode%; a
// template with neither is refused, since it would invite nobody. Whoever has
// the address can accept: it belongs in a command or a letter, never in a log.
func InviteURL(template string, code Secret) (Secret, error) {
	if code == "" {
		return "", errors.New("making an invite URL: the user has no invite code")
	}
	if u, err := url.Parse(strings.NewReplacer("%25inviteCode%25", "", "%inviteCode%", "").Replace(template)); err != nil || u.Host == "" ||
		(u.Scheme != "https" && u.Scheme != "http") {
		return "", errors.New("making an invite URL: the service's template is not a web address")
	}
	escaped := url.QueryEscape(string(code))
	for _, placeholder := range []string{"%25inviteCode%25", "%inviteCode%"} {
		if strings.Contains(template, placeholder) {
			return Secret(strings.ReplaceAll(template, placeholder, escaped)), nil
		}
	}
	return "", errors.New("making an invite URL: the service's template has no place for the code")
}

// InviteURL makes the address at which a person accepts, of the template of
// the moment.
func (c *Client) InviteURL(ctx context.Context, code Secret) (Secret, error) {
	s, err := c.Service(ctx)
	if err != nil {
		return "", err
	}
	return InviteURL(s.InvitationTemplate, code)
}
