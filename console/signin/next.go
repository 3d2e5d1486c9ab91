package signin

import (
	"net/url"
	"strings"
	"unicode"
)

// maxNext bounds an address to go on to, in bytes.
const maxNext = 2000

// home is where a sign-in leads without a better place.
const home = "/"

// local returns an address of this server to go on to after a sign-in, path
// and query, and home for any that could lead elsewhere or back to signing in.
func local(next string) string {
	if len(next) > maxNext || !strings.HasPrefix(next, "/") || strings.ContainsFunc(next, misread) {
		return home
	}
	u, err := url.Parse(next)
	if err != nil || u.Scheme != "" || u.Host != "" || u.User != nil || u.Opaque != "" || strings.HasPrefix(u.Path, "//") {
		return home
	}
	for _, own := range []string{signInPath, signOutPath, firstAdminPath, passphrasePath, "/oidc/"} {
		if strings.HasPrefix(u.Path, own) {
			return home
		}
	}
	return u.RequestURI()
}

// misread tells characters that browsers take for a slash, or leave out.
func misread(r rune) bool { return r == '\\' || unicode.IsControl(r) || unicode.IsSpace(r) }
