package codec

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"

	commonpb "go.temporal.io/api/common/v1"
	"go.temporal.io/sdk/converter"
	"google.golang.org/protobuf/encoding/protojson"

	"heraut/fault"
)

// MaxBody bounds the body of a decode call, in bytes: the engine allows 2 MiB
// a payload, and a page of the Temporal UI sends several together.
const MaxBody = 16 << 20

// uiHeaders are the request headers that the Temporal UI sends to a codec
// endpoint, besides those that CORS always allows.
const uiHeaders = "Authorization, Content-Type, X-Namespace"

// Handler decodes payloads for the Temporal UI: POST to any path that ends in
// /decode, with a JSON body of payloads, answers the same payloads in clear.
// Encoding is not offered.
//
// The browser sends these calls from the UI's origin, so pages of exactly that
// origin ("http://127.0.0.1:8233") may call it, with credentials; others are
// refused (403). authorize decides by the request's session who may read: false
// answers 401. Errors are application/problem+json.
func Handler(payloads converter.PayloadCodec, allowedOrigin string, authorize func(*http.Request) bool) http.Handler {
	return &handler{payloads: payloads, origin: allowedOrigin, authorize: authorize}
}

type handler struct {
	payloads  converter.PayloadCodec
	origin    string
	authorize func(*http.Request) bool
}

// ServeHTTP implements http.Handler.
func (h *handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Add("Vary", "Origin")
	w.Header().Set("Cache-Control", "no-store")
	if origin := r.Header.Get("Origin"); origin != "" {
		if origin != h.origin {
			refuse(w, http.StatusForbidden, fault.Forbidden, "Only the Temporal UI may ask to decode.")
			return
		}
		w.Header().Set("Access-Control-Allow-Origin", h.origin)
		w.Header().Set("Access-Control-Allow-Credentials", "true")
	}
	switch {
	case !strings.HasSuffix(r.URL.Path, "/decode"):
		refuse(w, http.StatusNotFound, fault.NotFound, "There is nothing here.")
	case r.Method == http.MethodOptions:
		preflight(w)
	case r.Method != http.MethodPost:
		w.Header().Set("Allow", "POST, OPTIONS")
		refuse(w, http.StatusMethodNotAllowed, fault.MethodNotAllowed, "Decode by POST.")
	case !h.authorize(r):
		refuse(w, http.StatusUnauthorized, fault.Unauthenticated, "Sign in to Heraut as an operator first.")
	default:
		h.decode(w, r)
	}
}

func preflight(w http.ResponseWriter) {
	w.Header().Set("Access-Control-Allow-Methods", "POST")
	w.Header().Set("Access-Control-Allow-Headers", uiHeaders)
	w.Header().Set("Access-Control-Max-Age", "600") // seconds
	w.WriteHeader(http.StatusNoContent)
}

func (h *handler) decode(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, MaxBody))
	if err != nil {
		if _, tooLarge := errors.AsType[*http.MaxBytesError](err); tooLarge {
			refuse(w, http.StatusRequestEntityTooLarge, fault.TooLarge, "The payloads are larger than 16 MiB.")
		}
		return // otherwise the caller has gone
	}
	var request commonpb.Payloads
	if err := protojson.Unmarshal(body, &request); err != nil {
		refuse(w, http.StatusBadRequest, fault.Malformed, "The body is not JSON payloads.")
		return
	}
	decoded, err := h.payloads.Decode(request.GetPayloads())
	if err != nil {
		// The error names a key id at most.
		refuse(w, http.StatusUnprocessableEntity, fault.InvalidRequest, err.Error())
		return
	}
	answer, err := protojson.Marshal(&commonpb.Payloads{Payloads: decoded})
	if err != nil {
		refuse(w, http.StatusInternalServerError, fault.Internal, "Internal error.")
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(answer) // the caller may have gone
}

// refuse answers an error as RFC 9457 has it.
func refuse(w http.ResponseWriter, status int, code fault.Code, detail string) {
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(status)
	problem := map[string]any{
		"title": http.StatusText(status), "status": status, "code": code, "detail": detail,
	}
	_ = json.NewEncoder(w).Encode(problem) // the caller may have gone
}
