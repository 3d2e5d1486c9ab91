package devicesim_test

import (
	"io"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	devicesim "heraut/simulator/device"
)

// portal has a profile, a page with a button that downloads one, and a page
// that asks for a code: all with a SCEP challenge in the address.
func (s *server) portal() http.Handler {
	mux := http.NewServeMux()
	profile := func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/x-apple-aspen-config")
		_, _ = w.Write(s.profile(profileOf{challenge: r.PathValue("challenge")})) // the device may be gone
	}
	page := func(html string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			_, _ = io.WriteString(w, html) // the device may be gone
		}
	}
	mux.HandleFunc("GET /enroll/profile/{challenge}", profile)
	mux.HandleFunc("GET /enroll/page/{challenge}", page(`<form method="get"></form><form method="post">
		<input type="hidden" name="lang" value="nl"><button>Download</button></form>`))
	mux.HandleFunc("POST /enroll/page/{challenge}", func(w http.ResponseWriter, r *http.Request) {
		if r.PostFormValue("lang") != "nl" {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		profile(w, r)
	})
	mux.HandleFunc("GET /enroll/code", page(`<form method="post" action="/enroll/code"><input name="code"><button>Go</button></form>`))
	mux.HandleFunc("POST /enroll/code", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "/enroll/page/"+r.PostFormValue("code"), http.StatusSeeOther)
	})
	mux.HandleFunc("GET /enroll/over", page(`<p>This link was used.`))
	mux.HandleFunc("/enroll/ring", page(`<form method="post"></form>`))
	return http.NewCrossOriginProtection().Handler(mux)
}

func TestProfileIsDownloaded(t *testing.T) {
	s := newServer(t)
	f := s.fleet(t, devicesim.FleetOptions{})
	for way, enroll := range map[string]func(*devicesim.Device) error{
		"profile": func(d *devicesim.Device) error {
			return d.EnrollFrom(t.Context(), s.http.URL+"/enroll/profile/"+s.scep.challenge())
		},
		"page": func(d *devicesim.Device) error {
			return d.EnrollFrom(t.Context(), s.http.URL+"/enroll/page/"+s.scep.challenge())
		},
		"code": func(d *devicesim.Device) error {
			return d.EnrollWith(t.Context(), s.http.URL+"/enroll/code", s.scep.challenge())
		},
	} {
		t.Run(way, func(t *testing.T) {
			d, err := f.Add(devicesim.Options{})
			require.NoError(t, err)
			require.NoError(t, enroll(d))
			require.True(t, d.Enrolled())
		})
	}
}

func TestProfileThatCanNotBeDownloaded(t *testing.T) {
	s := newServer(t)
	f := s.fleet(t, devicesim.FleetOptions{})
	d, err := f.Add(devicesim.Options{})
	require.NoError(t, err)
	for link, words := range map[string]string{
		s.http.URL + "/enroll/over":        "no profile",
		s.http.URL + "/enroll/ring":        "without an end",
		s.http.URL + "/enroll/none/secret": "404",
		"http://127.0.0.1:1/secret":        "connect",
		"http://[::secret":                 "host",
	} {
		t.Run(words, func(t *testing.T) {
			err := d.EnrollFrom(t.Context(), link)
			require.ErrorContains(t, err, words)
			require.NotContains(t, err.Error(), "secret", "links carry secrets")
		})
	}
}
