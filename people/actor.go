package people

// ActorKind tells what sort of actor did something.
type ActorKind string

// The kinds of actors that audit rows and timelines name.
const (
	ActorKey    ActorKind = "api_key" // a script or person with an API key
	ActorAdmin  ActorKind = "admin"   // an administrator in the console
	ActorSCIM   ActorKind = "scim"    // an identity provider, by SCIM
	ActorUser   ActorKind = "user"    // the invited person, on the invitation page
	ActorSystem ActorKind = "system"  // Heraut itself, or a command on its machine
	ActorEngine ActorKind = "engine"  // a person in the Temporal UI
)

// Actor is who did something. Name is for people to read; ID is the API key's
// or the user's id.
type Actor struct {
	Kind ActorKind `json:"kind"`
	ID   string    `json:"id,omitempty"`
	Name string    `json:"name,omitempty"`
}

// System is Heraut acting by itself.
func System(what string) Actor { return Actor{Kind: ActorSystem, Name: what} }

// String is the actor in a few words for timelines: "api_key: school scripts".
func (a Actor) String() string {
	if a.Name == "" {
		return string(a.Kind)
	}
	return string(a.Kind) + ": " + a.Name
}
