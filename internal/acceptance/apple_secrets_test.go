package acceptance_test

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/stretchr/testify/require"

	"heraut/internal/secrets"
	"heraut/settings"
	"heraut/store"
)

// bookCodes hides the invite codes that Apple has given.
func (s *appleStory) bookCodes() {
	s.Helper()
	users := s.books.Users(org)
	require.NotEmpty(s, users)
	for _, u := range users {
		s.seal("an invite code", u.InviteCode)
	}
}

// pushes hides what woke the devices.
func (s *appleStory) pushes() {
	s.Helper()
	woken := 0
	for _, push := range s.apns.Received() {
		if push.PushType != "mdm" {
			continue
		}
		woken++
		var payload struct {
			MDM string `json:"mdm"`
		}
		require.NoError(s, json.Unmarshal(push.Payload, &payload))
		bare, err := hex.DecodeString(push.Token)
		require.NoError(s, err)
		s.hide("a push magic", payload.MDM)
		s.hide("a push token", push.Token)
		s.hide("a push token's bytes", string(bare))
		s.hide("a push token in base64", base64.StdEncoding.EncodeToString(bare))
	}
	require.GreaterOrEqual(s, woken, 3)
}

// wander asks for things in ways that put secrets where logs are made.
func (s *appleStory) wander() {
	s.Helper()
	key := "Authorization: Bearer " + s.adminKey()
	for _, hidden := range slices.Clone(s.sealed) {
		text := strings.Map(func(r rune) rune {
			if r < '!' || r > '~' || strings.ContainsRune(`/?#%"\`, r) {
				return 'x'
			}
			return r
		}, hidden.text)
		s.raw(http.MethodGet, s.url+"/enroll/"+text, "")
		s.raw(http.MethodGet, s.url+"/v1/users/"+text, "", key)
	}
	link, challenge := s.find("an enrollment link"), s.find("a SCEP challenge")
	s.raw(http.MethodPost, s.url+"/enroll", "code="+s.find("an enrollment code"), form)
	s.raw(http.MethodPost, s.url+"/enroll/"+link+"/more", "", form, "Referer: "+s.url+"/enroll/"+link)
	s.raw(http.MethodGet, s.url+"/mdm/scep?operation=PKIOperation&message="+challenge, "")
	for _, path := range []string{"/mdm/checkin", "/mdm/connect", "/mdm/webhook"} {
		s.raw(http.MethodPut, s.url+path, "<plist><dict><key>"+challenge+"</key></dict></plist>", "Mdm-Signature: "+challenge)
	}
	s.raw(http.MethodPost, s.url+"/v1/users/"+link+"/enrollment-link", `{"`+link+`": 1}`, key, "Content-Type: application/json")
	s.raw(http.MethodPut, s.url+"/v1/settings/content-token", `{"token_file": "`+s.find("a content token")+`", "no": 1}`,
		key, "Content-Type: application/json")
}

// find is the first secret of a kind.
func (s *appleStory) find(what string) string {
	s.Helper()
	i := slices.IndexFunc(s.secrets, func(one secret) bool { return one.what == what })
	require.GreaterOrEqual(s, i, 0, what)
	return s.secrets[i].text
}

// comeByHTTPS starts Heraut at an address that Apple is asked to call, and can
// not reach; then comes what Apple, and what somebody else, would send there.
func (s *appleStory) comeByHTTPS() {
	s.Helper()
	s.serving.stop()
	s.output = s.serving.program.Output()
	s.args[slices.Index(s.args, "--public-url")+1] = "https://" + freeAddress(s)
	s.startServe()
	keys, err := secrets.Load(filepath.Join(s.data, "secrets"))
	require.NoError(s, err)
	file := s.books.Token(org, time.Now().AddDate(2, 0, 0))
	s.seal("a later content token", string(file))
	s.installToken(file)
	installed := s.raw(http.MethodGet, s.url+"/v1/settings/content-token", "", "Authorization: Bearer "+s.adminKey())
	require.Contains(s, installed.body, "9728")
	var token struct {
		UID string `json:"uid"`
	}
	require.NoError(s, json.Unmarshal([]byte(installed.body), &token))
	bearer := keys.NotificationToken(token.UID)
	s.seal("the notification token", bearer)
	told := `{"notificationId": "one", "notificationType": "USER_ASSOCIATED", "uId": "` + token.UID + `", "notification": {"code": "` + s.find("an invite code") + `"}}`
	at := s.url + "/apple/notifications"
	require.Equal(s, http.StatusUnauthorized, s.raw(http.MethodPost, at, told, "Authorization: Bearer "+bearer+"x").status)
	require.Equal(s, http.StatusUnauthorized, s.raw(http.MethodPost, at+"?token="+bearer, told).status)
	require.Less(s, s.raw(http.MethodPost, at, told, "Authorization: Bearer "+bearer).status, 300)
}

// sealAuthority hides the key that signs devices' certificates, which the
// store alone has.
func (s *appleStory) sealAuthority() {
	s.Helper()
	keys, err := secrets.Load(filepath.Join(s.data, "secrets"))
	require.NoError(s, err)
	opened, err := store.Open(s.Context(), store.Options{Path: filepath.Join(s.data, "heraut.db"), Sealer: keys})
	require.NoError(s, err)
	defer func() { require.NoError(s, opened.Close()) }()
	key, err := opened.SettingSecret(s.Context(), settings.NameDeviceAuthority)
	require.NoError(s, err)
	s.sealKey("the devices' authority", string(key))
}

// everyAnswer is what every GET of the API answers, pages for people apart.
func (s *appleStory) everyAnswer() (all []byte) {
	s.Helper()
	spec, err := openapi3.NewLoader().LoadFromData([]byte(s.raw(http.MethodGet, s.url+"/openapi.yaml", "").body))
	require.NoError(s, err)
	read := 0
	for path, item := range spec.Paths.Map() {
		if item.Get == nil || strings.Contains(path, "{token}") || path == "/enroll" {
			continue
		}
		for _, id := range s.ids(path) {
			named := strings.NewReplacer("{id}", id, "{run_id}", nobody).Replace(path)
			answer := s.raw(http.MethodGet, s.url+named, "", "Authorization: Bearer "+s.adminKey())
			require.Contains(s, []int{http.StatusOK, http.StatusNotFound}, answer.status, "%s: %s", path, answer.body)
			if answer.status == http.StatusOK {
				read++
			}
			all = append(all, answer.body...)
		}
	}
	require.Greater(s, read, 30)
	return all
}

// nobody is an id that nothing has.
const nobody = "00000000-0000-4000-8000-000000000000"

// ids are those of all that the collection of a path has; one made-up id where
// a path has none, or where nothing lists them.
func (s *appleStory) ids(path string) (ids []string) {
	s.Helper()
	before, _, single := strings.Cut(path, "/{id}")
	switch {
	case !single, before == "/v1/imports", before == "/v1/invitations/bulk", before == "/v1/directories":
		return []string{nobody}
	case before == "/v1/plans":
		return s.listed("/v1/sends", "plan_id")
	}
	return s.listed(before, "id")
}

// listed is one field of everything in a list.
func (s *appleStory) listed(path, field string) (values []string) {
	s.Helper()
	answer := s.raw(http.MethodGet, s.url+path, "", "Authorization: Bearer "+s.adminKey())
	var list struct {
		Items []map[string]any `json:"items"`
	}
	require.NoError(s, json.Unmarshal([]byte(answer.body), &list), path)
	for _, item := range list.Items {
		value, ok := item[field].(string)
		require.True(s, ok, "%s of %s", field, path)
		values = append(values, value)
	}
	require.NotEmpty(s, values, path)
	return values
}
