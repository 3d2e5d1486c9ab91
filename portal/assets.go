package portal

import (
	"crypto/sha256"
	_ "embed" // the stylesheet
	"encoding/hex"
	"net/http"
	"regexp"

	"github.com/labstack/echo/v4"

	"heraut/settings"
)

//go:embed assets/portal.css
var css []byte

// assetsPrefix is where what pages load is served.
const assetsPrefix = "/i/assets/"

// stylesheetPath changes with the content, so that it can be kept for ever.
var stylesheetPath = assetsPrefix + "portal." + fingerprint(css) + ".css"

func fingerprint(content []byte) string {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:8])
}

// logoPath is where a logo is served; empty: there is none.
func logoPath(logo settings.Logo) string {
	if logo.File() == "" {
		return ""
	}
	return assetsPrefix + logo.File()
}

// earlierLogo is the file name of any logo.
var earlierLogo = regexp.MustCompile(`^logo\.[0-9a-f]+\.(png|jpg)$`)

// logo serves the organization's logo at the path of the picture as it is now.
// The path of an earlier one, which mails still have, leads there.
func (p *Portal) logo(c echo.Context) error {
	ctx := c.Request().Context()
	organization, err := p.Organization(ctx)
	if err != nil {
		return err
	}
	switch file, asked := organization.Logo.File(), c.Param("logo"); {
	case file == "" || !earlierLogo.MatchString(asked):
		return p.nowhere(c)
	case asked != file:
		return c.Redirect(http.StatusFound, assetsPrefix+file)
	}
	picture, err := p.Logo(ctx)
	if err != nil {
		return err
	}
	c.Response().Header().Set(echo.HeaderCacheControl, "public, max-age=31536000, immutable")
	return c.Blob(http.StatusOK, organization.Logo.MediaType, picture)
}

func stylesheet(c echo.Context) error {
	c.Response().Header().Set(echo.HeaderCacheControl, "public, max-age=31536000, immutable")
	return c.Blob(http.StatusOK, "text/css; charset=utf-8", css)
}
