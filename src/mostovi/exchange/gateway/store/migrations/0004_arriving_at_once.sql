-- The last row of a batch brings the tree with it, so that a whole batch is one statement and one transaction.
DROP VIEW arriving;
CREATE VIEW arriving AS
    SELECT 0 AS position, x'' AS hash, x'' AS nonce, '' AS record, 0 AS pair, '' AS subject,
           '' AS key_id, '' AS accepted, 0 AS created_at, x'' AS frontier;
CREATE TRIGGER arrive INSTEAD OF INSERT ON arriving BEGIN
    INSERT INTO leaf VALUES (NEW.position, NEW.hash);
    INSERT INTO opening VALUES (NEW.position, NEW.nonce, NEW.record, NEW.pair);
    INSERT INTO usage SELECT NEW.subject, NEW.position WHERE NEW.subject IS NOT NULL;
    INSERT INTO seen_nonce SELECT NULL, NEW.key_id, NEW.accepted, NEW.created_at WHERE NEW.key_id IS NOT NULL;
    UPDATE tree SET size = NEW.position + 1, frontier = NEW.frontier WHERE NEW.frontier IS NOT NULL;
END;
