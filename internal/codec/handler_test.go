package codec_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	commonpb "go.temporal.io/api/common/v1"
	"go.temporal.io/sdk/converter"
	"google.golang.org/protobuf/encoding/protojson"

	"heraut/internal/codec"
)

const uiOrigin = "http://127.0.0.1:8233"

// serve starts a decode endpoint whose sessions are a cookie's mere presence.
func serve(t *testing.T) (url string, payloads converter.PayloadCodec) {
	t.Helper()
	keyring, _ := newKeyring(t)
	payloads = newCodec(t, keyring)
	server := httptest.NewServer(codec.Handler(payloads, uiOrigin, func(r *http.Request) bool {
		_, err := r.Cookie("session")
		return err == nil
	}))
	t.Cleanup(server.Close)
	return server.URL + "/codec/decode", payloads
}

func call(t *testing.T, method, url, body string, header map[string]string) (*http.Response, string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	require.NoError(t, err)
	for key, value := range header {
		request.Header.Set(key, value)
	}
	response, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	defer func() { require.NoError(t, response.Body.Close()) }()
	text, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	return response, string(text)
}

func signedIn() map[string]string {
	return map[string]string{"Origin": uiOrigin, "Content-Type": "application/json", "Cookie": "session=1"}
}

func TestHandlerDecodesForTheUI(t *testing.T) {
	url, payloads := serve(t)
	plain, err := converter.GetDefaultDataConverter().ToPayload("to " + address)
	require.NoError(t, err)
	encoded, err := payloads.Encode([]*commonpb.Payload{plain})
	require.NoError(t, err)
	body, err := protojson.Marshal(&commonpb.Payloads{Payloads: encoded})
	require.NoError(t, err)

	response, text := call(t, http.MethodPost, url, string(body), signedIn())

	require.Equal(t, http.StatusOK, response.StatusCode, text)
	require.Equal(t, uiOrigin, response.Header.Get("Access-Control-Allow-Origin"))
	require.Equal(t, "true", response.Header.Get("Access-Control-Allow-Credentials"))
	require.Equal(t, "no-store", response.Header.Get("Cache-Control"))
	var decoded commonpb.Payloads
	require.NoError(t, protojson.Unmarshal([]byte(text), &decoded))
	require.JSONEq(t, `"to `+address+`"`, string(decoded.GetPayloads()[0].GetData()))
}

func TestHandlerAnswersThePreflight(t *testing.T) {
	url, _ := serve(t)

	response, _ := call(t, http.MethodOptions, url, "", map[string]string{
		"Origin":                         uiOrigin,
		"Access-Control-Request-Method":  "POST",
		"Access-Control-Request-Headers": "content-type,x-namespace",
	})

	require.Equal(t, http.StatusNoContent, response.StatusCode)
	require.Equal(t, uiOrigin, response.Header.Get("Access-Control-Allow-Origin"))
	require.Equal(t, "true", response.Header.Get("Access-Control-Allow-Credentials"))
	require.Equal(t, "POST", response.Header.Get("Access-Control-Allow-Methods"))
	require.Contains(t, response.Header.Get("Access-Control-Allow-Headers"), "X-Namespace")
	require.Contains(t, response.Header.Values("Vary"), "Origin")
}

func TestHandlerRefuses(t *testing.T) {
	url, _ := serve(t)
	with := func(key, value string) map[string]string {
		header := signedIn()
		header[key] = value
		return header
	}
	tests := map[string]struct {
		method, url, body string
		header            map[string]string
		status            int
		code              string
	}{
		"without a session":     {http.MethodPost, url, `{}`, map[string]string{"Origin": uiOrigin}, 401, "unauthenticated"},
		"from elsewhere":        {http.MethodPost, url, `{}`, with("Origin", "http://evil.example"), 403, "forbidden"},
		"from another port":     {http.MethodPost, url, `{}`, with("Origin", uiOrigin+"4"), 403, "forbidden"},
		"from a sandbox":        {http.MethodPost, url, `{}`, with("Origin", "null"), 403, "forbidden"},
		"preflight elsewhere":   {http.MethodOptions, url, ``, with("Origin", "http://evil.example"), 403, "forbidden"},
		"by GET":                {http.MethodGet, url, ``, signedIn(), 405, "method_not_allowed"},
		"to encode":             {http.MethodPost, strings.Replace(url, "decode", "encode", 1), `{}`, signedIn(), 404, "not_found"},
		"not JSON":              {http.MethodPost, url, `<xml>`, signedIn(), 400, "malformed"},
		"unknown fields":        {http.MethodPost, url, `{"a":1}`, signedIn(), 400, "malformed"},
		"too large":             {http.MethodPost, url, strings.Repeat(" ", codec.MaxBody+1), signedIn(), 413, "too_large"},
		"a key that is unknown": {http.MethodPost, url, `{"payloads":[{"metadata":{"encoding":"YmluYXJ5L2VuY3J5cHRlZA==","encryption-key-id":"enp6eg=="},"data":"YWJj"}]}`, signedIn(), 422, "invalid_request"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			response, text := call(t, test.method, test.url, test.body, test.header)

			require.Equal(t, test.status, response.StatusCode, text)
			require.Equal(t, "application/problem+json", response.Header.Get("Content-Type"))
			var problem struct {
				Code   string `json:"code"`
				Status int    `json:"status"`
			}
			require.NoError(t, json.Unmarshal([]byte(text), &problem))
			require.Equal(t, test.code, problem.Code)
			require.Equal(t, test.status, problem.Status)
			if test.status == http.StatusForbidden {
				require.Empty(t, response.Header.Get("Access-Control-Allow-Origin"))
			}
		})
	}
}
