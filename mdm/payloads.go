package mdm

// payload has the keys that all payloads have.
type payload struct {
	PayloadType        string
	PayloadVersion     int
	PayloadIdentifier  string
	PayloadUUID        string
	PayloadDisplayName string
}

type configuration struct {
	payload

	PayloadOrganization      string `plist:",omitempty"`
	PayloadDescription       string
	PayloadScope             string
	PayloadRemovalDisallowed bool
	PayloadContent           []any
}

type scepPayload struct {
	payload

	PayloadContent scepContent
}

type scepContent struct {
	URL              string
	Name             string
	Subject          [][][]string
	Challenge        string
	Keysize          int
	KeyType          string `plist:"Key Type"`
	KeyUsage         int    `plist:"Key Usage"` // 1 signs, 4 encrypts
	KeyIsExtractable bool
	Retries          int
	RetryDelay       int // seconds
	CAFingerprint    []byte
}

type mdmPayload struct {
	payload

	IdentityCertificateUUID string
	Topic                   string
	ServerURL               string
	CheckInURL              string
	AccessRights            int
	SignMessage             bool
	CheckOutWhenRemoved     bool
	ServerCapabilities      []string
}

type rootPayload struct {
	payload

	PayloadContent []byte
}

// profileWords are for the person who installs a profile.
type profileWords struct{ title, description, management, identity string }

func wordsIn(language, organization string) profileWords {
	if organization == "" {
		organization = "Heraut"
	}
	if language == "nl" {
		return profileWords{
			title: "Apparaat inschrijven bij " + organization,
			description: "Hiermee kan " + organization + " je op dit apparaat uitnodigen voor apps en boeken, apps beheren en zien welk apparaat het is. " +
				organization + " kan het apparaat niet vergrendelen, wissen of opsporen. Je kunt het profiel altijd verwijderen.",
			management: "Beheer door " + organization,
			identity:   "Identiteit van dit apparaat",
		}
	}
	return profileWords{
		title: "Enroll this device with " + organization,
		description: "Lets " + organization + " invite you to apps and books on this device, manage apps, and see what device it is. " +
			organization + " can not lock, erase or locate the device. You can remove the profile at any time.",
		management: "Management by " + organization,
		identity:   "Identity of this device",
	}
}
