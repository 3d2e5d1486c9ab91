package people

// Answer is the stored answer to a request with an idempotency key.
type Answer struct {
	Status int
	Header map[string]string
	Body   []byte
}

// Claim is the right to run a request with an idempotency key.
type Claim struct {
	KeyID    string // the API key's id
	Key      string // the Idempotency-Key header
	BodyHash string // method, path and body, hashed
	// Token tells this claim from one that took over after 60 seconds.
	Token string
	// Answer is set when the request was answered before: send it again.
	Answer *Answer
	// MadeKind and MadeID name what the request made when it took effect but
	// its answer was lost: read that and answer with it.
	MadeKind, MadeID string
}
