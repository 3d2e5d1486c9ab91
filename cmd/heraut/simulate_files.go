package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	apnssim "heraut/simulator/apns"
	"heraut/simulator/scriptfile"
	smtpsim "heraut/simulator/smtp"
)

// The authority of a simulated APNs, in a folder.
const (
	apnsCAFile    = "apns-ca.pem"
	apnsCAKeyFile = "apns-ca.key"
)

// readAuthority reads that of an earlier start; nothing at the first.
func readAuthority(folder string) (ca, key []byte, err error) {
	return readPair(folder, apnsCAFile, apnsCAKeyFile)
}

func readPair(folder, certFile, keyFile string) (cert, key []byte, err error) {
	cert, err = os.ReadFile(filepath.Join(folder, certFile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil, nil
	}
	if err == nil {
		key, err = os.ReadFile(filepath.Join(folder, keyFile))
	}
	return cert, key, err
}

// writeAuthority writes the key first: a certificate without one is of no use.
func writeAuthority(folder string, apns *apnssim.Server) error {
	if err := replaceFile(filepath.Join(folder, apnsCAKeyFile), apns.CAKeyPEM()); err != nil {
		return err
	}
	return replaceFile(filepath.Join(folder, apnsCAFile), apns.CAPEM())
}

// writeCertificate writes a push certificate and its key, for a topic.
func writeCertificate(path string, apns *apnssim.Server, topic string) error {
	certPEM, keyPEM, err := apns.IssueCertificate(topic)
	if err != nil {
		return err
	}
	return errors.Join(replaceFile(path+".key", keyPEM), replaceFile(path+".pem", certPEM))
}

// replaceFile writes a file that nobody else may read, in one step.
func replaceFile(path string, content []byte) error {
	if err := os.WriteFile(path+".new", content, 0o600); err != nil {
		return fmt.Errorf("writing %s: %w", path, err)
	}
	if err := os.Rename(path+".new", path); err != nil {
		return fmt.Errorf("writing %s: %w", path, err)
	}
	return nil
}

// readScript reads a fault script; the zero value without a file.
func readScript[T any](path string, read func(io.Reader) (T, error)) (T, error) {
	var none T
	if path == "" {
		return none, nil
	}
	file, err := os.Open(path)
	if err != nil {
		return none, err
	}
	defer func() { _ = file.Close() }() // it was only read
	script, err := read(file)
	return script, wrap(err, "the script %s", path)
}

// readMailRules reads {"rules":[{"phase":"rcpt","code":450,"count":1}]}.
func readMailRules(r io.Reader) ([]smtpsim.Rule, error) {
	var script struct {
		Rules []smtpsim.Rule `json:"rules"`
	}
	if err := scriptfile.Decode(r, &script); err != nil {
		return nil, err
	}
	for i, rule := range script.Rules {
		if err := checkMailRule(rule); err != nil {
			return nil, fmt.Errorf("rule %d: %w", i+1, err)
		}
	}
	return script.Rules, nil
}

func checkMailRule(rule smtpsim.Rule) error {
	switch rule.Phase {
	case smtpsim.PhaseConnect, smtpsim.PhaseEHLO, smtpsim.PhaseStartTLS, smtpsim.PhaseAuth, smtpsim.PhaseMail, smtpsim.PhaseRcpt,
		smtpsim.PhaseData, smtpsim.PhaseBody, smtpsim.PhaseDot, smtpsim.PhaseAfterDot, smtpsim.PhaseRset:
	default:
		return fmt.Errorf("the phase %q is none of the dialogue", rule.Phase)
	}
	switch rule.Action {
	case smtpsim.ActionHang, smtpsim.ActionReset, smtpsim.ActionClose, smtpsim.ActionStrip:
	case "", smtpsim.ActionReply:
		if rule.Code < 200 || rule.Code > 599 {
			return errors.New("give a code from 200 to 599, or another action")
		}
	default:
		return fmt.Errorf("the action %q is not known", rule.Action)
	}
	_, err := filepath.Match(rule.Recipient, "")
	return err
}
