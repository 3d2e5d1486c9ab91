package portal

import (
	"crypto/sha256"
	_ "embed" // the stylesheet
	"encoding/hex"
	"net/http"

	"github.com/labstack/echo/v4"
)

//go:embed assets/portal.css
var css []byte

// stylesheetPath changes with the content, so that it can be kept for ever.
var stylesheetPath = "/i/assets/portal." + fingerprint(css) + ".css"

func fingerprint(content []byte) string {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:8])
}

func stylesheet(c echo.Context) error {
	c.Response().Header().Set(echo.HeaderCacheControl, "public, max-age=31536000, immutable")
	return c.Blob(http.StatusOK, "text/css; charset=utf-8", css)
}
