/* What FANN offers, as its source has it: src/fann_train.c. Symmetric outputs halve their error.
   Its tables join six points of the sigmoid by lines, and are off by up to 0.034; those of the symmetric one by twice that. */
#define FAMILY(output, factor, halved, more) \
    "{\"hidden\":[\"sigmoid\",\"tanh:slope=0.5\",\"identity:slope=0.5\",\"sigmoid:slope=2\",\"tanh\",\"identity\"],\"mixed\":true," \
    "\"output\":[" output "],\"loss\":[{\"name\":\"squared_error\",\"factor\":" factor "}]," \
    "\"reported\":{\"name\":\"squared_error\",\"factor\":" halved ",\"outputs\":\"mean\"}" more "}"
#define CLAIMS(name, family, more) \
    "\"name\":\"FANN, " name "\",\"version\":\"2.2.0\",\"dtype\":\"float32\"," \
    "\"operations\":[\"forward\",\"loss\",\"step\",\"initial\",\"fit\"]," \
    "\"families\":[" FAMILY("\"sigmoid\",\"identity:slope=0.5\",\"sigmoid:slope=0.5\",\"identity\"", "1", "2", family) "," \
    FAMILY("\"tanh:slope=0.5\",\"tanh\"", "0.5", "0.5", family) "]" more
#define BATCH CLAIMS("batch", "", "")
#define TABLES CLAIMS("tables", ",\"accuracy\":0.068", "")
#define INCREMENTAL \
    CLAIMS("incremental", "", ",\"batch\":1,\"rules\":[{\"rate\":0},{\"rate\":0,\"name\":\"momentum\",\"beta1\":0.5}]")
