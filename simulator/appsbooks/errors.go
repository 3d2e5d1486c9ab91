package appsbookssim

import "net/http"

// failure is an error answer, or a failure of an event.
type failure struct {
	number int
	info   *errorInfo
}

type errorInfo struct {
	ClientUserIDs []string   `json:"clientUserIds,omitempty"`
	SerialNumbers []string   `json:"serialNumbers,omitempty"`
	Assets        []AssetRef `json:"assets,omitempty"`
}

func refuse(number int) *failure { return &failure{number: number} }

func (f *failure) json() map[string]any {
	_, words := wordsOf(f.number)
	body := map[string]any{"errorNumber": f.number, "errorMessage": words}
	if f.info != nil {
		body["errorInfo"] = f.info
	}
	return body
}

type word struct {
	number, status int
	words          string
}

// wordsOf gives the status and the words of an error number.
func wordsOf(number int) (status int, words string) {
	for _, w := range errorTable() {
		if w.number == number {
			return w.status, w.words
		}
	}
	return http.StatusBadRequest, "Unspecified error"
}

// errorTable holds Apple's error numbers with their statuses; the words are
// the simulator's own.
func errorTable() []word {
	return []word{
		{9601, 401, "Login required"},
		{9602, 400, "Invalid argument"},
		{9603, 500, "Internal error"},
		{9609, 400, "Unable to find the registered user"},
		{9621, 401, "Expired sToken"},
		{9622, 401, "Invalid authorization header format"},
		{9625, 401, "The server has revoked the sToken"},
		{9634, 410, "The service is no longer available"},
		{9635, 400, "The Apple Account can not be associated with this registered user"},
		{9637, 403, "Not allowed for facilitator accounts"},
		{9641, 400, "The Apple Account is already associated with another registered user"},
		{9644, 400, "The service is under maintenance"},
		{9646, 429, "Too many requests"},
		{9647, 403, "Not supported for legacy tokens"},
		{9650, 400, "Invalid page index"},
		{9700, 400, "Too many assets"},
		{9701, 400, "Too many client user ids"},
		{9702, 400, "Too many serial numbers"},
		{9703, 400, "Duplicate assets"},
		{9704, 400, "Duplicate client user ids"},
		{9705, 400, "Duplicate serial numbers"},
		{9706, 400, "The asset is not revocable"},
		{9707, 400, "The asset is not device-assignable"},
		{9708, 400, "Unknown event id"},
		{9709, 400, "Not enough licenses"},
		{9710, 400, "Notification URL and authentication token are both required"},
		{9711, 400, "Notification URL or authentication token is too long"},
		{9712, 400, "The notification URL is not a valid HTTPS URL"},
		{9713, 400, "mdmInfo metadata is too long"},
		{9714, 400, "Too many users"},
		{9715, 400, "Duplicate users"},
		{9716, 400, "The user already exists"},
		{9717, 400, "Invalid email address"},
		{9718, 400, "Assets are required"},
		{9719, 400, "Client user ids or serial numbers are required"},
		{9720, 400, "Users are required"},
		{9721, 400, "Invalid version id"},
		{9723, 400, "mdmInfo requires id, name and metadata"},
		{9724, 400, "mdmInfo id is too long"},
		{9725, 400, "mdmInfo name is too long"},
		{9726, 405, "Method not allowed"},
		{9727, 415, "Unsupported content type"},
		{9728, 400, "The notification URL is unreachable"},
		{9729, 503, "The service is temporarily unavailable"},
	}
}
