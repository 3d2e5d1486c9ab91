package devicesim

import (
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// scepPayload is how an identity is asked for.
type scepPayload struct {
	url, name, challenge string
	bits                 int
	subject              pkix.Name
	fingerprint          []byte // of the authority; empty: not asked
}

// attributes are the short names of a subject. Source: Apple, "SCEP" payload.
var attributes = map[string]asn1.ObjectIdentifier{
	"CN": {2, 5, 4, 3}, "C": {2, 5, 4, 6}, "L": {2, 5, 4, 7}, "ST": {2, 5, 4, 8},
	"O": {2, 5, 4, 10}, "OU": {2, 5, 4, 11},
}

// defaultBits is the length of a key where the profile does not say.
const defaultBits = 1024

func readSCEP(content any) (scepPayload, error) {
	settings, ok := content.(map[string]any)
	if !ok {
		return scepPayload{}, errors.New("the SCEP payload has no content")
	}
	p := scepPayload{bits: defaultBits}
	p.url, _ = settings["URL"].(string)
	p.name, _ = settings["Name"].(string)
	p.challenge, _ = settings["Challenge"].(string)
	p.fingerprint, _ = settings["CAFingerprint"].([]byte)
	if bits, ok := settings["Keysize"].(uint64); ok {
		p.bits = int(bits)
	}
	if p.url == "" {
		return scepPayload{}, errors.New("the SCEP payload lacks its URL")
	}
	var err error
	p.subject, err = readSubject(settings["Subject"])
	return p, err
}

// readSubject reads [[["O","School"]],[["CN","x"]]]; none is an empty name.
func readSubject(value any) (pkix.Name, error) {
	var name pkix.Name
	sets, _ := value.([]any)
	for _, set := range sets {
		pairs, _ := set.([]any)
		for _, pair := range pairs {
			attribute, err := readAttribute(pair)
			if err != nil {
				return pkix.Name{}, err
			}
			name.ExtraNames = append(name.ExtraNames, attribute)
		}
	}
	return name, nil
}

func readAttribute(pair any) (pkix.AttributeTypeAndValue, error) {
	parts, _ := pair.([]any)
	if len(parts) != 2 {
		return pkix.AttributeTypeAndValue{}, errors.New("the subject of the SCEP payload is not made of pairs")
	}
	kind, _ := parts[0].(string)
	value, _ := parts[1].(string)
	id, known := attributes[kind]
	if !known {
		var err error
		if id, err = readOID(kind); err != nil {
			return pkix.AttributeTypeAndValue{}, err
		}
	}
	return pkix.AttributeTypeAndValue{Type: id, Value: value}, nil
}

func readOID(text string) (asn1.ObjectIdentifier, error) {
	var id asn1.ObjectIdentifier
	for part := range strings.SplitSeq(text, ".") {
		n, err := strconv.Atoi(part)
		if err != nil || n < 0 {
			return nil, fmt.Errorf("the subject of the SCEP payload has an attribute %q", text)
		}
		id = append(id, n)
	}
	return id, nil
}
