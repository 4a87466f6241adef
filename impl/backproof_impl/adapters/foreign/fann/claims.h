/* What FANN offers, as its source has it: src/fann_train.c. Symmetric outputs halve their error, tables are of six points. */
#define FAMILY(output, factor, halved) \
    "{\"hidden\":[\"sigmoid\",\"tanh:slope=0.5\",\"identity:slope=0.5\",\"sigmoid:slope=2\",\"tanh\",\"identity\"],\"mixed\":true," \
    "\"output\":[" output "],\"loss\":[{\"name\":\"squared_error\",\"factor\":" factor "}]," \
    "\"reported\":{\"name\":\"squared_error\",\"factor\":" halved ",\"outputs\":\"mean\"}}"
#define CLAIMS(name, more) \
    "\"name\":\"FANN, " name "\",\"version\":\"2.2.0\",\"operations\":[\"forward\",\"loss\",\"step\",\"initial\",\"fit\"],\"dtype\":\"float32\"," \
    "\"families\":[" FAMILY("\"sigmoid\",\"identity:slope=0.5\",\"sigmoid:slope=0.5\",\"identity\"", "1", "2") "," \
    FAMILY("\"tanh:slope=0.5\",\"tanh\"", "0.5", "0.5") "]" more
#define BATCH CLAIMS("batch", "")
#define INCREMENTAL CLAIMS("incremental", ",\"batch\":1,\"rules\":[{\"rate\":0},{\"rate\":0,\"name\":\"momentum\",\"beta1\":0.5}]")
