package mail

// Step is one step of the way of a mail, as Test tells it.
type Step struct {
	// Name is one of the Step constants.
	Name string
	OK   bool
	// Detail is a sentence: what was found, or what to do.
	Detail string
}

// The steps, in their order.
const (
	StepDNS      = "dns"
	StepConnect  = "connect"
	StepTLS      = "tls"
	StepLogin    = "login"
	StepAccepted = "accepted"
)
