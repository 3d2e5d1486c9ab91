package bench

import (
	"context"
	"errors"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"heraut/api/client"
)

// visitor is an administrator who has signed in.
type visitor struct {
	server *server
	cookie string
	http   *http.Client
}

// passphrase is the visitor's.
const passphrase = "figures and nothing but figures"

// signIn makes an administrator, who chooses a passphrase by the link.
func (s *server) signIn(ctx context.Context) (*visitor, error) {
	made, err := s.api.CreateAdministratorWithResponse(ctx, nil, client.AdministratorCreate{
		Name: "Bench", Login: "bench", Role: client.RoleAdmin,
	})
	if _, err := want(http.StatusCreated, made, err); err != nil {
		return nil, err
	}
	link, err := url.Parse(made.JSON201.Link.URL)
	if err != nil {
		return nil, err
	}
	v := &visitor{server: s, http: &http.Client{
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
	v.cookie, err = v.post(ctx, link.Path, url.Values{
		"token": {link.Query().Get("token")}, "name": {"Bench"}, "login": {"bench"}, "passphrase": {passphrase}, "repeat_passphrase": {passphrase},
	})
	return v, err
}

// post sends a form and returns the session that it begins, as a browser sends
// it back. A cookie jar would not: it is for HTTPS.
func (v *visitor) post(ctx context.Context, path string, form url.Values) (session string, err error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, v.server.url()+path, strings.NewReader(form.Encode()))
	if err != nil {
		return "", err
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	answer, err := v.http.Do(r)
	if err != nil {
		return "", err
	}
	for _, c := range answer.Cookies() {
		session = c.Name + "=" + c.Value
	}
	if session == "" {
		err = fmt.Errorf("%s answered %s without a session", path, answer.Status)
	}
	return session, errors.Join(err, answer.Body.Close())
}

// next is where a list goes on.
var next = regexp.MustCompile(`<a href="([^"]+)" rel="next"`)

// open reads a page to its end, and tells where the list that it shows goes on;
// empty: it shows none, or the end of it.
func (v *visitor) open(ctx context.Context, path string) (more string, err error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, v.server.url()+path, http.NoBody)
	if err != nil {
		return "", err
	}
	r.Header.Set("Cookie", v.cookie)
	answer, err := v.http.Do(r)
	if err != nil {
		return "", err
	}
	body, err := io.ReadAll(answer.Body)
	if err := errors.Join(err, answer.Body.Close()); err != nil {
		return "", fmt.Errorf("reading %s: %w", path, err)
	}
	if answer.StatusCode != http.StatusOK {
		return "", fmt.Errorf("the console answered %s to GET %s", answer.Status, path)
	}
	if link := next.FindSubmatch(body); link != nil {
		more = html.UnescapeString(string(link[1]))
	}
	return more, nil
}
